package retort.trainer.pipeline;

import java.time.Instant;
import retort.record.CheckpointReady;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.objective.ObjectiveSettings;

/**
 * Announces every checkpoint on the topic {@code checkpoints}, then tells the run's listeners. The announcement is part of saving: a
 * failure stops the run. Blocks its caller.
 *
 * @param listener passes calls on to all listeners of the run
 */
record Announcements(RunEvents events, ObjectiveSettings objective, RunListener listener) {
    /**
     * Returns when the broker has committed the announcement and the listeners know of the checkpoint.
     *
     * @throws RunFencedException if another trainer owns the run
     */
    void announce(Checkpoint checkpoint) {
        events.ready(event(checkpoint, objective)).block();
        listener.saved(checkpoint);
    }

    static CheckpointReady event(Checkpoint checkpoint, ObjectiveSettings objective) {
        final TrainingState state = checkpoint.state();
        final int grid = state.architecture().getImage() / state.architecture().getPatch();
        final CheckpointReady.Builder event = CheckpointReady.newBuilder().setRun(state.run()).setStep(state.step())
                .setSteps(state.steps())
                .setStream(state.stream()).setUri(checkpoint.uri().toString()).setSha256(checkpoint.weightsDigest().sha256())
                .setBytes(checkpoint.weightsDigest().bytes()).setObjective(state.objective())
                .setArchitecture(state.architecture())
                .setTeacher(state.teacher().orElse(null))
                .setNextSequence(state.position().nextSequence()).setAt(Instant.now());
        objective.announce(event, grid * grid);
        return event.build();
    }
}
