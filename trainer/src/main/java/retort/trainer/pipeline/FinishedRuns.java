package retort.trainer.pipeline;

import java.util.Optional;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;

/** Finds the results of runs that other runs build on. Blocking; any thread. */
final class FinishedRuns {
    private FinishedRuns() {
    }

    /** The final checkpoint of run {@code name}; empty if the run is not finished. */
    static Optional<Checkpoint> find(CheckpointStore store, String name) {
        return store.latest(name).filter(last -> last.state().step() == last.state().steps());
    }

    /**
     * The final checkpoint of run {@code name}.
     *
     * @param run the run that asks for it, for messages
     * @param role role of the checkpoint in that run, for messages
     * @throws RunException if there is none; the message says what is missing and what to do
     */
    static Checkpoint last(CheckpointStore store, String run, String role, String name) {
        final Checkpoint last = store.latest(name).orElseThrow(() -> new RunException("run " + run + " has run:" + name + " as "
                + role + ", but there is no checkpoint of " + name + ": list it before " + run + " in trainer.runs"));
        final TrainingState state = last.state();
        if (state.step() < state.steps())
            throw new RunException("run " + run + " has run:" + name + " as " + role + ", but " + name + " is at step "
                    + state.step() + " of " + state.steps() + ": finish it first");
        return last;
    }
}
