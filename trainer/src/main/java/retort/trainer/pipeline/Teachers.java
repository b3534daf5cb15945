package retort.trainer.pipeline;

import java.util.Map;
import retort.record.Architecture;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.model.VitShape;
import retort.trainer.objective.EncoderSettings;
import retort.trainer.objective.Teacher;
import retort.trainer.objective.TeacherSource;
import retort.trainer.weights.HostTensor;

/** Finds the teacher of a run and its shape. Blocking; any thread. */
final class Teachers {
    /** Width of a head in nearly every published vision transformer. */
    private static final int HEAD_WIDTH = 64;

    private Teachers() {
    }

    /**
     * @param run the run that has the teacher, for messages
     * @param student its position tables decide the grid: those of the teacher are resized to it, so the image is the student's
     * @throws RunException that says what is missing and what to do
     */
    static Teacher find(CheckpointStore store, String run, TeacherSource source, VitShape student) {
        final FoundWeights found = FoundWeights.of(store, run, "its teacher", source.weights());
        final VitShape shape = found.architecture().map(Teachers::shape)
                .orElseGet(() -> shape(source.model().orElseGet(() -> shapeOf(found)), student));
        return new Teacher(found.name(), found.contentDigest(), shape, found.tensors());
    }

    private static VitShape shape(Architecture of) {
        return new VitShape(of.getImage(), of.getPatch(), of.getChannels(), of.getWidth(), of.getDepth(), of.getHeads());
    }

    private static VitShape shape(EncoderSettings encoder, VitShape student) {
        try {
            return encoder.shape(student.image(), student.channels());
        } catch (IllegalArgumentException e) {
            throw new RunException("a teacher of patches of " + encoder.patch() + " px cannot see what the student sees: "
                    + e.getMessage(), e);
        }
    }

    private static EncoderSettings shapeOf(FoundWeights found) {
        final Map<String, HostTensor> weights = found.tensors();
        final HostTensor patches = weights.get("patch_embed.proj.weight");
        if (patches == null || patches.shape().length != 4)
            throw new RunException("teacher " + found.name() + " has no patch_embed.proj.weight of four dimensions: it is no"
                    + " vision transformer under timm's names");
        final int width = (int) patches.shape()[0];
        int depth = 0;
        while (weights.containsKey("blocks." + depth + ".attn.qkv.weight"))
            depth++;
        if (depth == 0 || width % HEAD_WIDTH != 0)
            throw new RunException("teacher " + found.name() + " does not say how many heads its " + depth + " blocks of width "
                    + width + " have: set teacher-model = {width, depth, heads, patch}");
        return new EncoderSettings(width, depth, width / HEAD_WIDTH, (int) patches.shape()[3]);
    }
}
