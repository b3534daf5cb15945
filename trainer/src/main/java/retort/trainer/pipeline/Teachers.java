package retort.trainer.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import retort.digest.Sha256;
import retort.record.Architecture;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.model.VitShape;
import retort.trainer.settings.EncoderSettings;
import retort.trainer.settings.WeightsSource;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.WeightsFile;

/** Finds a run's teacher: the final checkpoint of another run, or a file. Blocking, any thread. */
final class Teachers {
    /** Of nearly every published vision transformer. */
    private static final int HEAD_WIDTH = 64;

    private Teachers() {
    }

    /**
     * @param model encoder of a file that does not say it all; empty to read it from the file
     * @throws RunException that says what is missing and what to do
     */
    static Teacher find(CheckpointStore store, String run, WeightsSource source, Optional<EncoderSettings> model,
            VitShape student) {
        return switch (source) {
            case WeightsSource.Run(String name) -> ofRun(FinishedRuns.last(store, run, "its teacher", name));
            case WeightsSource.File(Path path) -> ofFile(path, model, student);
        };
    }

    private static Teacher ofRun(Checkpoint last) {
        final Architecture shape = last.state().architecture();
        return new Teacher("run:" + last.state().run(), last.weightsDigest().sha256(), new VitShape(shape.getImage(),
                shape.getPatch(), shape.getChannels(), shape.getWidth(), shape.getDepth(), shape.getHeads()), last.weights());
    }

    /** Position tables are resized to the student's grid, so the image is the student's. */
    private static Teacher ofFile(Path path, Optional<EncoderSettings> given, VitShape student) {
        try {
            final Map<String, HostTensor> weights = WeightsFile.read(path);
            final EncoderSettings encoder = given.orElseGet(() -> shapeOf(path, weights));
            return new Teacher(path.toUri().toString(), Sha256.of(path).sha256(),
                    encoder.shape(student.image(), student.channels()), weights);
        } catch (IOException | UncheckedIOException e) {
            throw new RunException("teacher " + path + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static EncoderSettings shapeOf(Path path, Map<String, HostTensor> weights) {
        final HostTensor patches = weights.get("patch_embed.proj.weight");
        if (patches == null || patches.shape().length != 4)
            throw new RunException("teacher " + path + " has no patch_embed.proj.weight of four dimensions: it is no vision"
                    + " transformer under timm's names");
        final int width = (int) patches.shape()[0];
        int depth = 0;
        while (weights.containsKey("blocks." + depth + ".attn.qkv.weight"))
            depth++;
        if (depth == 0 || width % HEAD_WIDTH != 0)
            throw new RunException("teacher " + path + " does not say how many heads its " + depth + " blocks of width " + width
                    + " have: set teacher-model = {width, depth, heads, patch}");
        return new EncoderSettings(width, depth, width / HEAD_WIDTH, (int) patches.shape()[3]);
    }
}
