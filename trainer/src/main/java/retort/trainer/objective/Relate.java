package retort.trainer.objective;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.settings.Section;
import retort.trainer.model.Operations;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.VitShape;

/**
 * Distillation of relations between tokens. The student learns how the tokens of a block of a frozen teacher look at each other. With an
 * adapter of heads and pixels beside it, this is MAE-Lite's distillation (arXiv 2205.14443); with queries to keys and values to values of
 * unmasked images, it is TinyMIM's (arXiv 2301.01296).
 *
 * @param reconstruction the pixel part of the loss; if it is empty, there is no decoder, and what follows the relations of the student's
 *     last aligned block is neither computed nor trained
 * @param visible number of patches that both models see
 * @param teacher shape of the teacher
 * @param pairs aligned blocks, ascending on both sides
 * @param relations what is compared at each pair
 * @param reconstructionWeight weight of the pixel part in the loss
 * @param distillationWeight weight of the relations in the loss
 * @param dropPath how images skip branches of the student
 */
public record Relate(Optional<Reconstruction> reconstruction, int visible, VitShape teacher, List<AlignedPair> pairs,
        Relations relations, double reconstructionWeight, double distillationWeight,
        DropPath dropPath) implements MaskedObjective {
    private static final String NAME = "relate";

    /** Registered under META-INF/services. */
    public static final class Factory implements ObjectiveFactory {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<String> keys() {
            return RunKeys.union(Reconstruction.KEYS, MaskSettings.KEYS, TeacherSource.KEYS, Relations.KEYS, DropPath.KEYS,
                    Set.of("reconstruction-weight", "student-blocks", "teacher-blocks", "distillation-weight"));
        }

        @Override
        public Map<String, String> laterKeys() {
            return DropPath.LATER;
        }

        @Override
        public ObjectiveSettings settings(Section run) {
            final double weight = run.real("reconstruction-weight", 0, 1e6);
            return new Settings(weight == 0 ? Optional.empty() : Optional.of(Reconstruction.of(run)), MaskSettings.of(run),
                    TeacherSource.of(run), AlignedPair.list(run), Relations.of(run), weight,
                    run.real("distillation-weight", 0, 1e6), DropPath.of(run));
        }
    }

    /**
     * The settings of the objective.
     *
     * @param reconstruction empty if its weight is 0
     * @param from source of the teacher
     * @param pairs aligned blocks; empty for the last block of both models
     */
    public record Settings(Optional<Reconstruction> reconstruction, MaskSettings mask, TeacherSource from,
            List<AlignedPair> pairs, Relations relations, double reconstructionWeight, double distillationWeight,
            DropPath dropPath) implements TaughtSettings {
        public Settings {
            pairs = List.copyOf(pairs);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Relate with(VitShape student, VitShape teacher) {
            return new Relate(reconstruction, mask.visibleOf(student.patches()), teacher,
                    pairs.isEmpty() ? List.of(new AlignedPair(student.depth() - 1, teacher.depth() - 1)) : pairs, relations,
                    reconstructionWeight, distillationWeight, dropPath);
        }

        @Override
        public void announce(CheckpointReady.Builder event, int patches) {
            event.setNormPix(reconstruction.map(Reconstruction::normPix).orElse(false)).setMaskRatio(mask.ratioOf(patches));
        }
    }

    public Relate {
        pairs = List.copyOf(pairs);
    }

    @Override
    public void check(VitShape vit) {
        AlignedPair.check(pairs, vit, teacher);
        dropPath.check();
        Teacher.requireSamePatches(teacher, vit);
        relations.check(vit, teacher);
        if (reconstruction.isPresent())
            MaskSettings.requireMasked(vit, visible);
        else
            MaskSettings.requireVisible(vit, visible);
    }

    @Override
    public List<Parameter> parameters(VitShape vit) {
        final List<Parameter> all = new ArrayList<>(Parameters.encoder(vit));
        reconstruction.ifPresent(part -> all.addAll(part.parameters(vit)));
        all.addAll(relations.adapters(pairs.size(), vit, teacher));
        return all;
    }

    @Override
    public List<Parameter> trained(VitShape vit) {
        if (reconstruction.isPresent())
            return MaskedObjective.super.trained(vit);
        return Stream
                .concat(TrunkToAttention.parameters(vit, pairs.getLast().student()).stream(),
                        relations.adapters(pairs.size(), vit, teacher).stream())
                .filter(parameter -> parameter.start() != Parameter.Start.POSITIONS).toList();
    }

    /** The trunk of the teacher up to queries, keys and values of its last aligned block. */
    @Override
    public List<Parameter> teacherParameters() {
        return TrunkToAttention.parameters(teacher, pairs.getLast().teacher());
    }

    /** The tensors behind the last relations. */
    @Override
    public List<String> teacherLeftOver() {
        return TrunkToAttention.leftOver(teacher, pairs.getLast().teacher());
    }

    @Override
    public List<String> lossParts() {
        return List.of("total", reconstruction.isPresent() ? "reconstruction" : "", "distillation");
    }

    @Override
    public Map<String, Object> attributes(VitShape vit) {
        final Map<String, Object> all = new TreeMap<>(Map.ofEntries(entry("visible", visible), entry("teacher_visible", visible),
                entry("depth", reconstruction.isPresent() ? vit.depth() : pairs.getLast().student() + 1),
                entry("student_blocks", pairs.stream().map(AlignedPair::student).toList()),
                entry("teacher_heads", teacher.heads()),
                entry("teacher_epsilon", teacher.variant().epsilon()), entry("teacher_depth", pairs.getLast().teacher() + 1),
                entry("teacher_blocks", pairs.stream().map(AlignedPair::teacher).toList()),
                entry("first_weight", reconstructionWeight), entry("distillation_weight", distillationWeight)));
        all.putAll(relations.attributes());
        reconstruction.ifPresent(part -> all.putAll(part.attributes()));
        return all;
    }

    @Override
    public OptionalLong operations(VitShape vit) {
        final long tokens = 1L + visible;
        final int last = pairs.getLast().student();
        final long encoder = reconstruction.isPresent()
                ? Operations.blocks(vit, vit.depth(), visible)
                : Operations.blocks(vit, last, visible) + relations.inputOperations(tokens, vit);
        final long decoder = reconstruction.map(part -> Operations.decoder(vit, part.decoder(), visible)).orElse(0L);
        final long frozen = Operations.embedding(teacher, visible)
                + Operations.blocks(teacher, pairs.getLast().teacher(), visible) + relations.inputOperations(tokens, teacher)
                + relations.productOperations(pairs.size(), tokens, teacher, teacher, false);
        return OptionalLong.of(frozen + Operations.trained(vit, visible, encoder + decoder
                + relations.productOperations(pairs.size(), tokens, vit, teacher, reconstruction.isPresent())
                + relations.adapterOperations(pairs.size(), tokens, vit, teacher)));
    }

    @Override
    public void describe(Architecture.Builder architecture) {
        reconstruction.ifPresent(part -> part.describe(architecture));
    }
}
