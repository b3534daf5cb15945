package retort.trainer.objective;

import static java.util.Map.entry;
import static retort.trainer.objective.Agreement.require;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.settings.Section;
import retort.trainer.model.Operations;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Projection;
import retort.trainer.model.VitShape;
import retort.trainer.pretrained.PretrainedEncoder;

/**
 * Masked distillation (DMAE, arXiv 2208.12256). The student learns the features of a frozen teacher, which sees the student's visible
 * patches, and the pixels of masked patches. If the teacher sees more, a generator may predict the rest of its features.
 *
 * @param reconstruction the pixel part of the loss; if it is empty, there is no decoder, and the student's blocks after the last
 *     aligned block are neither computed nor trained
 * @param visible number of patches that the student sees
 * @param teacherVisible number of patches that the teacher sees; the student's visible patches are among these
 * @param teacher shape of the teacher
 * @param pairs aligned blocks, ascending on both sides
 * @param reconstructionWeight weight of the pixel part in the loss
 * @param distillationWeight weight of the feature part in the loss
 * @param generator predicts the features at the patches that the teacher alone sees; empty if they are not compared
 */
public record Distill(Optional<Reconstruction> reconstruction, int visible, int teacherVisible, VitShape teacher,
        List<AlignedPair> pairs, Projection projection, Comparison comparison, double reconstructionWeight,
        double distillationWeight, Optional<Generator> generator) implements MaskedObjective {
    private static final String NAME = "distill";

    /** Registered under META-INF/services. */
    public static final class Factory implements ObjectiveFactory {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<String> keys() {
            return RunKeys.union(Reconstruction.KEYS, MaskSettings.KEYS, TeacherSource.KEYS, Set.of("teacher-visible-patches",
                    "reconstruction-weight", "student-blocks", "teacher-blocks", "projection", "distillation-weight"),
                    Comparison.KEYS, Generator.KEYS);
        }

        @Override
        public Map<String, String> laterKeys() {
            final Map<String, String> all = new TreeMap<>(Comparison.LATER);
            all.putAll(Generator.LATER);
            return all;
        }

        @Override
        public ObjectiveSettings settings(Section run) {
            final double weight = run.real("reconstruction-weight", 0, 1e6);
            return new Settings(weight == 0 ? Optional.empty() : Optional.of(Reconstruction.of(run)), MaskSettings.of(run),
                    run.integer("teacher-visible-patches", 0, 1 << 20), TeacherSource.of(run), AlignedPair.list(run),
                    run.oneOf("projection", Projection.values()), Comparison.of(run), weight,
                    run.real("distillation-weight", 0, 1e6), Generator.of(run));
        }
    }

    /**
     * The settings of the objective.
     *
     * @param reconstruction empty if its weight is 0
     * @param teacherVisible number of patches that the teacher sees; 0 for exactly the student's visible patches
     * @param from source of the teacher
     * @param pairs aligned blocks; empty for the blocks at 3/4 of both depths
     */
    public record Settings(Optional<Reconstruction> reconstruction, MaskSettings mask, int teacherVisible, TeacherSource from,
            List<AlignedPair> pairs, Projection projection, Comparison comparison, double reconstructionWeight,
            double distillationWeight, Optional<Generator> generator) implements TaughtSettings {
        public Settings {
            pairs = List.copyOf(pairs);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Distill with(VitShape student, VitShape teacher) {
            final int visible = mask.visibleOf(student.patches());
            return new Distill(reconstruction, visible, teacherVisible > 0 ? teacherVisible : visible, teacher,
                    pairs.isEmpty()
                            ? List.of(new AlignedPair(threeQuarters(student.depth()), threeQuarters(teacher.depth())))
                            : pairs,
                    projection, comparison, reconstructionWeight, distillationWeight, generator);
        }

        /** The block at 3/4 of a depth, counted from 0: 8 of 12 and 17 of 24, as in the paper. */
        private static int threeQuarters(int depth) {
            return Math.max(0, depth * 3 / 4 - 1);
        }

        @Override
        public void announce(CheckpointReady.Builder event, int patches) {
            event.setNormPix(reconstruction.map(Reconstruction::normPix).orElse(false)).setMaskRatio(mask.ratioOf(patches));
        }
    }

    public Distill {
        pairs = List.copyOf(pairs);
    }

    /** A distillation without a generator. */
    public Distill(Optional<Reconstruction> reconstruction, int visible, int teacherVisible, VitShape teacher,
            List<AlignedPair> pairs, Projection projection, Comparison comparison, double reconstructionWeight,
            double distillationWeight) {
        this(reconstruction, visible, teacherVisible, teacher, pairs, projection, comparison, reconstructionWeight,
                distillationWeight, Optional.empty());
    }

    /** DMAE as published: equal weights, unit features, L1, one linear layer, and the same visible patches for student and teacher. */
    public Distill(Reconstruction reconstruction, int visible, VitShape teacher, AlignedPair pair) {
        this(Optional.of(reconstruction), visible, visible, teacher, List.of(pair), Projection.FC,
                new Comparison(Distance.L1, true),
                1, 1);
    }

    @Override
    public void check(VitShape vit) {
        AlignedPair.check(pairs, vit, teacher);
        Teacher.requireSamePatches(teacher, vit);
        require(projection != Projection.NONE || teacher.width() == vit.width(),
                "projection = none wants a student as wide as its teacher: " + vit.width() + " and " + teacher.width());
        require(teacherVisible >= visible && teacherVisible <= vit.patches(), "teacher-visible-patches must be " + visible
                + " (those of the student) to " + vit.patches() + ", not " + teacherVisible);
        generator.ifPresent(part -> part.check(visible, teacherVisible));
        if (reconstruction.isPresent())
            MaskSettings.requireMasked(vit, visible);
        else
            MaskSettings.requireVisible(vit, visible);
    }

    @Override
    public List<Parameter> parameters(VitShape vit) {
        final List<Parameter> all = new ArrayList<>(Parameters.encoder(vit));
        reconstruction.ifPresent(part -> all.addAll(part.parameters(vit)));
        all.addAll(heads(vit));
        return all;
    }

    @Override
    public List<Parameter> trained(VitShape vit) {
        if (reconstruction.isPresent())
            return MaskedObjective.super.trained(vit);
        final List<Parameter> used = new ArrayList<>(Parameters.trunk(vit, studentDepth(vit)));
        used.addAll(heads(vit));
        return used.stream().filter(parameter -> parameter.start() != Parameter.Start.POSITIONS).toList();
    }

    private List<Parameter> heads(VitShape vit) {
        final List<Parameter> all = Parameters.projectionHeads(projection, pairs.size(), vit.width(), teacher.width());
        generator.ifPresent(part -> all.addAll(Parameters.generators(teacher, pairs.size(), part.depth())));
        return all;
    }

    /** The trunk of the teacher up to its last aligned block. A fine-tuned teacher has these parameters too. */
    @Override
    public List<Parameter> teacherParameters() {
        return Parameters.trunk(teacher, teacherDepth());
    }

    /** The blocks after the last aligned one, and everything that follows the blocks. */
    @Override
    public List<String> teacherLeftOver() {
        return PretrainedEncoder.leftOver(teacher, teacherDepth());
    }

    @Override
    public List<String> lossParts() {
        final String pixels = reconstruction.isPresent() ? "reconstruction" : "";
        return generator.isPresent()
                ? List.of("total", pixels, "distillation", "generation")
                : List.of("total", pixels, "distillation");
    }

    @Override
    public Map<String, Object> attributes(VitShape vit) {
        final Map<String, Object> all = new TreeMap<>(Map.ofEntries(entry("visible", visible),
                entry("teacher_visible", teacherVisible), entry("depth", studentDepth(vit)),
                entry("student_blocks", studentBlocks()), entry("teacher_heads", teacher.heads()),
                entry("teacher_epsilon", teacher.variant().epsilon()),
                entry("teacher_depth", teacherDepth()), entry("teacher_blocks", teacherBlocks()),
                entry("projection", projection.toString()), entry("first_weight", reconstructionWeight),
                entry("distillation_weight", distillationWeight)));
        all.putAll(comparison.attributes());
        reconstruction.ifPresent(part -> all.putAll(part.attributes()));
        generator.ifPresent(part -> all.putAll(part.attributes()));
        return all;
    }

    @Override
    public OptionalLong operations(VitShape vit) {
        final long frozen = Operations.embedding(teacher, teacherVisible)
                + Operations.blocks(teacher, teacherDepth(), teacherVisible);
        final long heads = pairs.size() * (projection.operations(1 + visible, vit.width(), teacher.width())
                + generator.map(part -> part.operations(teacher, visible, teacherVisible)).orElse(0L));
        final long decoder = reconstruction.map(part -> Operations.decoder(vit, part.decoder(), visible)).orElse(0L);
        return OptionalLong.of(
                frozen + Operations.trained(vit, visible, Operations.blocks(vit, studentDepth(vit), visible) + heads + decoder));
    }

    @Override
    public void describe(Architecture.Builder architecture) {
        reconstruction.ifPresent(part -> part.describe(architecture));
    }

    /** Number of the student's blocks that run. */
    private int studentDepth(VitShape vit) {
        return reconstruction.isPresent() ? vit.depth() : pairs.getLast().student() + 1;
    }

    /** Number of the teacher's blocks that run. */
    private int teacherDepth() {
        return pairs.getLast().teacher() + 1;
    }

    private List<Integer> studentBlocks() {
        return pairs.stream().map(AlignedPair::student).toList();
    }

    private List<Integer> teacherBlocks() {
        return pairs.stream().map(AlignedPair::teacher).toList();
    }
}
