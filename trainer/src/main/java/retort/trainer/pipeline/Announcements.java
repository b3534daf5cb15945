package retort.trainer.pipeline;

import java.time.Instant;
import retort.record.CheckpointReady;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.objective.ObjectiveSettings;

/**
 * Announces every checkpoint on the topic {@code checkpoints}. The announcement is part of saving: {@link #saved} returns when the
 * broker has committed it, and a failure stops the run. Blocks its caller.
 */
final class Announcements implements RunListener {
    private final RunEvents events;
    private final ObjectiveSettings objective;

    Announcements(RunEvents events, ObjectiveSettings objective) {
        this.events = events;
        this.objective = objective;
    }

    /** @throws RunFencedException if another trainer owns the run */
    @Override
    public void saved(Checkpoint checkpoint) {
        events.ready(event(checkpoint, objective)).block();
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
