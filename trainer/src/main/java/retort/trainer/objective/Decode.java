package retort.trainer.objective;

import static java.util.Map.entry;
import static retort.trainer.objective.Agreement.require;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import retort.record.CheckpointReady;
import retort.settings.Section;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Operations;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Projection;
import retort.trainer.model.VitShape;

/**
 * Generic distillation (G2SD, arXiv 2302.14771). The student's decoder learns the output of a block of the decoder of a frozen masked
 * autoencoder for all patches, from the same visible patches. No pixels are predicted.
 *
 * @param visible number of patches that both encoders see
 * @param decoder shape of the student's decoder
 * @param teacher shape of the teacher's encoder
 * @param teacherDecoder shape of the teacher's decoder
 * @param teacherBlock the block of the teacher's decoder whose output is the target, counted from 0; nothing behind it is computed
 * @param projection head behind the student's decoder
 */
public record Decode(int visible, DecoderShape decoder, VitShape teacher, DecoderShape teacherDecoder, int teacherBlock,
        Projection projection, Comparison comparison) implements MaskedObjective {
    private static final String NAME = "decode";
    private static final String BLOCK = "teacher-decoder-block";

    /** Registered under META-INF/services. */
    public static final class Factory implements ObjectiveFactory {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<String> keys() {
            return RunKeys.union(MaskSettings.KEYS, TeacherSource.KEYS, Comparison.KEYS,
                    Set.of("decoder", "projection", "teacher-decoder", BLOCK));
        }

        @Override
        public Map<String, String> laterKeys() {
            return Comparison.LATEST;
        }

        @Override
        public ObjectiveSettings settings(Section run) {
            return new Settings(MaskSettings.of(run), Reconstruction.decoder(run, "decoder"), TeacherSource.of(run),
                    Reconstruction.decoder(run, "teacher-decoder"), run.integer(BLOCK, 0, 255),
                    run.oneOf("projection", Projection.values()), Comparison.of(run));
        }
    }

    /** The settings of the objective. */
    public record Settings(MaskSettings mask, DecoderShape decoder, TeacherSource from, DecoderShape teacherDecoder,
            int teacherBlock,
            Projection projection, Comparison comparison) implements TaughtSettings {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Decode with(VitShape student, VitShape teacher) {
            return new Decode(mask.visibleOf(student.patches()), decoder, teacher, teacherDecoder, teacherBlock, projection,
                    comparison);
        }

        @Override
        public void announce(CheckpointReady.Builder event, int patches) {
            event.setNormPix(false).setMaskRatio(mask.ratioOf(patches));
        }
    }

    @Override
    public void check(VitShape vit) {
        Teacher.requireSamePatches(teacher, vit);
        require(teacher.variant().classToken() && teacher.variant().extraTokens() == 0,
                "the decoder of a masked autoencoder has a class token and no registers: take such a teacher");
        require(teacherBlock >= 0 && teacherBlock < teacherDecoder.depth(),
                BLOCK + " must be 0 to " + (teacherDecoder.depth() - 1)
                        + ", the blocks of teacher-decoder, not " + teacherBlock);
        require(projection != Projection.NONE || decoder.width() == teacherDecoder.width(),
                "projection = none wants a decoder as wide as its teacher's: " + decoder.width() + " and "
                        + teacherDecoder.width());
        MaskSettings.requireMasked(vit, visible);
    }

    @Override
    public List<Parameter> parameters(VitShape vit) {
        final List<Parameter> all = new ArrayList<>(Parameters.encoder(vit));
        all.addAll(Parameters.decoderTrunk(vit, decoder, decoder.depth()));
        all.addAll(Parameters.projectionHeads(projection, 1, decoder.width(), teacherDecoder.width()));
        return all;
    }

    /** The teacher's encoder, and its decoder up to the block. */
    @Override
    public List<Parameter> teacherParameters() {
        final List<Parameter> all = new ArrayList<>(Parameters.encoder(teacher));
        all.addAll(Parameters.decoderTrunk(teacher, teacherDecoder, teacherBlock + 1));
        return all;
    }

    /** The tensors of the decoder behind the block, and those of heads. */
    @Override
    public List<String> teacherLeftOver() {
        final List<String> names = new ArrayList<>(List.of("head.*", "fc_norm.*", "decoder_norm.*", "decoder_pred.*"));
        names.addAll(Parameters.OF_COMPARISONS);
        IntStream.range(teacherBlock + 1, teacherDecoder.depth()).forEach(block -> names.add("decoder_blocks." + block + ".*"));
        return names;
    }

    @Override
    public List<String> lossParts() {
        return List.of("total", "", "distillation");
    }

    @Override
    public Map<String, Object> attributes(VitShape vit) {
        final Map<String, Object> all = new TreeMap<>(Map.ofEntries(entry("visible", visible), entry("teacher_visible", visible),
                entry("decoder_heads", decoder.heads()), entry("decoder_depth", decoder.depth()),
                entry("teacher_heads", teacher.heads()), entry("teacher_epsilon", teacher.variant().epsilon()),
                entry("teacher_depth", teacher.depth()), entry("teacher_decoder_heads", teacherDecoder.heads()),
                entry("teacher_decoder_depth", teacherBlock + 1), entry("projection", projection.toString())));
        all.putAll(comparison.attributes());
        return all;
    }

    @Override
    public OptionalLong operations(VitShape vit) {
        final long frozen = Operations.embedding(teacher, visible) + Operations.blocks(teacher, teacher.depth(), visible)
                + Operations.decoderTrunk(teacher, teacherDecoder, teacherBlock + 1, visible);
        final long head = projection.operations(1L + vit.patches(), decoder.width(), teacherDecoder.width());
        return OptionalLong.of(frozen + Operations.trained(vit, visible,
                Operations.blocks(vit, vit.depth(), visible) + Operations.decoderTrunk(vit, decoder, decoder.depth(), visible)
                        + head));
    }
}
