package retort.trainer.pipeline;

import java.time.Instant;
import retort.record.CheckpointReady;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.settings.ObjectiveSettings;

/** A checkpoint on disk as the event that tells of it. */
final class Announcement {
    private Announcement() {
    }

    static CheckpointReady of(Checkpoint checkpoint, ObjectiveSettings objective) {
        final TrainingState state = checkpoint.state();
        final int grid = state.architecture().getImage() / state.architecture().getPatch();
        return CheckpointReady.newBuilder().setRun(state.run()).setStep(state.step()).setSteps(state.steps())
                .setStream(state.stream()).setUri(checkpoint.uri().toString()).setSha256(checkpoint.weightsDigest().sha256())
                .setBytes(checkpoint.weightsDigest().bytes()).setObjective(state.objective())
                .setArchitecture(state.architecture()).setNormPix(objective.normPix())
                .setMaskRatio(objective.mask().ratioOf(grid * grid)).setTeacher(state.teacher().orElse(null))
                .setNextSequence(state.position().nextSequence()).setAt(Instant.now()).build();
    }
}
