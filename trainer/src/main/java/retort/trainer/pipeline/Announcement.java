package retort.trainer.pipeline;

import java.time.Instant;
import retort.record.CheckpointReady;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.objective.ObjectiveSettings;

/** A checkpoint on disk as the event that tells of it. */
final class Announcement {
    private Announcement() {
    }

    static CheckpointReady of(Checkpoint checkpoint, ObjectiveSettings objective) {
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
