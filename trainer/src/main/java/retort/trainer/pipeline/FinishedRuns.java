package retort.trainer.pipeline;

import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;

/** Runs that others build on. Blocking, any thread. */
final class FinishedRuns {
    private FinishedRuns() {
    }

    /**
     * The final checkpoint of run {@code name}.
     *
     * @param run the one that asks for it, and {@code role} what for, for messages
     * @throws RunException that says what is missing and what to do
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
