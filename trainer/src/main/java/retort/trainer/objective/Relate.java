package retort.trainer.objective;

import static java.util.Map.entry;
import static retort.trainer.objective.Agreement.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
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
 * @param relations the relations that are compared at each pair
 * @param adapter true if a 1x1 convolution maps the student's heads to the teacher's; otherwise the student's width is split into as many
 *     heads as the teacher has, whatever its attention has
 * @param reconstructionWeight weight of the pixel part in the loss
 * @param distillationWeight weight of the relations in the loss
 */
public record Relate(Optional<Reconstruction> reconstruction, int visible, VitShape teacher, List<AlignedPair> pairs,
        List<Relation> relations, boolean adapter, RelationDistance distance, double reconstructionWeight,
        double distillationWeight) implements MaskedObjective {
    private static final String NAME = "relate";

    /** Registered under META-INF/services. */
    public static final class Factory implements ObjectiveFactory {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<String> keys() {
            return RunKeys.union(Reconstruction.KEYS, MaskSettings.KEYS, TeacherSource.KEYS, Set.of("reconstruction-weight",
                    "student-blocks", "teacher-blocks", "relations", "head-adapter", "relation-distance", "distillation-weight"));
        }

        @Override
        public ObjectiveSettings settings(Section run) {
            final double weight = run.real("reconstruction-weight", 0, 1e6);
            return new Settings(weight == 0 ? Optional.empty() : Optional.of(Reconstruction.of(run)), MaskSettings.of(run),
                    TeacherSource.of(run), AlignedPair.list(run), relations(run), run.bool("head-adapter"),
                    run.oneOf("relation-distance", RelationDistance.values()), weight, run.real("distillation-weight", 0, 1e6));
        }

        private static List<Relation> relations(Section run) {
            final List<String> names = run.strings("relations");
            final List<Relation> found = names.stream().distinct().flatMap(name -> Arrays.stream(Relation.values())
                    .filter(each -> each.toString().equals(name))).toList();
            if (found.isEmpty() || found.size() != names.size())
                throw run.error("relations", names,
                        "must be one or more of " + Arrays.toString(Relation.values()) + ", each once");
            return found;
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
            List<AlignedPair> pairs,
            List<Relation> relations, boolean adapter, RelationDistance distance, double reconstructionWeight,
            double distillationWeight) implements TaughtSettings {
        public Settings {
            pairs = List.copyOf(pairs);
            relations = List.copyOf(relations);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Relate with(VitShape student, VitShape teacher) {
            return new Relate(reconstruction, mask.visibleOf(student.patches()), teacher,
                    pairs.isEmpty() ? List.of(new AlignedPair(student.depth() - 1, teacher.depth() - 1)) : pairs, relations,
                    adapter, distance, reconstructionWeight, distillationWeight);
        }

        @Override
        public void announce(CheckpointReady.Builder event, int patches) {
            event.setNormPix(reconstruction.map(Reconstruction::normPix).orElse(false)).setMaskRatio(mask.ratioOf(patches));
        }
    }

    public Relate {
        pairs = List.copyOf(pairs);
        relations = List.copyOf(relations);
    }

    @Override
    public void check(VitShape vit) {
        AlignedPair.check(pairs, vit, teacher);
        Teacher.requireSamePatches(teacher, vit);
        require(teacher.variant().classToken() && teacher.variant().extraTokens() == 0,
                "relations are compared token by token, and the teacher has other tokens than the model: take a teacher with a class"
                        + " token and without registers");
        require(!adapter || distance != RelationDistance.KL,
                "relation-distance = kl compares distributions, and what a head-adapter"
                        + " gives is none: set head-adapter = false, or relation-distance = scores-l2");
        require(adapter || vit.width() % teacher.heads() == 0, "head-adapter = false splits the model's width, " + vit.width()
                + ", into the teacher's " + teacher.heads() + " heads, which do not divide it: set head-adapter = true");
        if (reconstruction.isPresent())
            MaskSettings.requireMasked(vit, visible);
        else
            MaskSettings.requireVisible(vit, visible);
    }

    @Override
    public List<Parameter> parameters(VitShape vit) {
        final List<Parameter> all = new ArrayList<>(Parameters.encoder(vit));
        reconstruction.ifPresent(part -> all.addAll(part.parameters(vit)));
        all.addAll(adapters(vit));
        return all;
    }

    @Override
    public List<Parameter> trained(VitShape vit) {
        if (reconstruction.isPresent())
            return MaskedObjective.super.trained(vit);
        return Stream.concat(TrunkToAttention.parameters(vit, pairs.getLast().student()).stream(), adapters(vit).stream())
                .filter(parameter -> parameter.start() != Parameter.Start.POSITIONS).toList();
    }

    private List<Parameter> adapters(VitShape vit) {
        return adapter ? Parameters.relationAdapters(pairs.size() * relations.size(), vit.heads(), teacher.heads()) : List.of();
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
                entry("relations", relations.stream().flatMap(each -> Stream.of(each.left(), each.right())).toList()),
                entry("head_adapter", adapter), entry("distance", distance.toString()),
                entry("first_weight", reconstructionWeight), entry("distillation_weight", distillationWeight)));
        reconstruction.ifPresent(part -> all.putAll(part.attributes()));
        return all;
    }

    @Override
    public OptionalLong operations(VitShape vit) {
        final long tokens = 1L + visible;
        final long map = Operations.product(tokens, tokens);
        final int last = pairs.getLast().student();
        final long encoder = reconstruction.isPresent()
                ? Operations.blocks(vit, vit.depth(), visible)
                : Operations.blocks(vit, last, visible) + relationInputs(vit);
        final long decoder = reconstruction.map(part -> Operations.decoder(vit, part.decoder(), visible)).orElse(0L);
        final long mapped = adapter ? (long) pairs.size() * relations.size() * map * vit.heads() * teacher.heads() : 0;
        final long frozen = Operations.embedding(teacher, visible)
                + Operations.blocks(teacher, pairs.getLast().teacher(), visible) + relationInputs(teacher)
                + relationProducts(teacher, false);
        return OptionalLong.of(frozen + Operations.trained(vit, visible,
                encoder + relationProducts(vit, reconstruction.isPresent()) + mapped + decoder));
    }

    /** Operations of the queries, keys and values that the relations of a last block need. */
    private long relationInputs(VitShape vit) {
        final Set<Integer> thirds = new HashSet<>();
        relations.forEach(each -> thirds.addAll(List.of(each.left(), each.right())));
        return thirds.size() * Operations.linear(1L + visible, vit.width(), vit.width());
    }

    /**
     * Operations of the relations themselves, without those that the blocks count as their attention.
     *
     * @param whole true if the last block is computed to its end, and so attends
     */
    private long relationProducts(VitShape vit, boolean whole) {
        final boolean attends = relations.contains(Relation.QK) && (adapter || vit.heads() == teacher.heads());
        final int counted = attends ? pairs.size() - (whole ? 0 : 1) : 0;
        final long tokens = 1L + visible;
        return (pairs.size() * (long) relations.size() - counted) * Operations.product(tokens, tokens) * vit.width();
    }

    @Override
    public void describe(Architecture.Builder architecture) {
        reconstruction.ifPresent(part -> part.describe(architecture));
    }
}
