package retort.trainer.pipeline;

import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.record.CheckpointReady;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.objective.ObjectiveSettings;

/**
 * Announces every checkpoint on the topic {@code checkpoints}, then tells the run's listeners. The announcement is part of saving: a
 * failure stops the run. While no broker answers it waits, unless the trainer is asked to stop: then it gives the announcement up,
 * because the next start announces the last checkpoint anyway. Blocks its caller.
 *
 * @param listener passes calls on to all listeners of the run
 */
record Announcements(RunEvents events, ObjectiveSettings objective, StopRequest stop, RunListener listener) {
    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
    /** Longest wait after a request to stop, because a process has 10 s to end. */
    private static final Duration LEAVING = Duration.ofSeconds(2);

    /**
     * Returns when the broker has committed the announcement and the listeners know of the checkpoint, or when a stop does not let it wait
     * longer. Then the listeners are not told.
     *
     * @throws RunFencedException if another trainer owns the run
     */
    void announce(Checkpoint checkpoint) {
        final boolean announced = events.ready(event(checkpoint, objective)).thenReturn(true)
                .takeUntilOther(stop.madeFor(LEAVING)).blockOptional().isPresent();
        if (announced)
            listener.saved(checkpoint);
        else
            LOG.warn(
                    "checkpoint {} is saved, but the broker has not taken its announcement: the next start of run {} announces it",
                    checkpoint.directory(), checkpoint.state().run());
    }

    static CheckpointReady event(Checkpoint checkpoint, ObjectiveSettings objective) {
        final TrainingState state = checkpoint.state();
        final int grid = state.architecture().getImage() / state.architecture().getPatch();
        final CheckpointReady.Builder event = CheckpointReady.newBuilder().setRun(state.run()).setStep(state.step())
                .setSteps(state.steps())
                .setStream(state.stream()).setUri(checkpoint.address()).setSha256(checkpoint.weightsDigest().sha256())
                .setBytes(checkpoint.weightsDigest().bytes()).setObjective(state.objective())
                .setArchitecture(state.architecture())
                .setTeacher(state.teacher().orElse(null))
                .setNextSequence(state.position().nextSequence()).setAt(Instant.now());
        objective.announce(event, grid * grid);
        return event.build();
    }
}
