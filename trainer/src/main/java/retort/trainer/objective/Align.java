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
import java.util.stream.Stream;
import retort.record.CheckpointReady;
import retort.settings.Section;
import retort.trainer.learn.StepCall;
import retort.trainer.model.Operations;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.VitShape;

/**
 * Alignment without reconstruction (MaskAlign, arXiv 2211.08887). A frozen teacher sees the whole image and the student some of its patches.
 * A learned mix of all the student's blocks is compared with each of several blocks of the teacher, at the student's patches. No pixels
 * are predicted.
 *
 * @param visible number of patches that the student sees
 * @param masking how these patches are drawn
 * @param teacher shape of the teacher
 * @param teacherBlocks blocks of the teacher that are compared, ascending
 * @param mix initial values of the mix
 * @param distillationWeight weight of the loss, which is the mean over the blocks
 * @param second another teacher, which is compared at the same patches
 * @param dropPath how images skip branches of the student
 */
public record Align(int visible, Masking masking, VitShape teacher, List<Integer> teacherBlocks, Mixing mix,
        Comparison comparison, double distillationWeight, Optional<SecondTeacher> second,
        DropPath dropPath) implements MaskedObjective {
    private static final String NAME = "align";
    static final String BLOCKS = "teacher-blocks";

    /** How the student's patches are drawn. */
    public enum Masking {
        /** All with equal chances. */
        RANDOM,
        /** Without replacement, by the attention of the teacher's class token in its last block, the mean over the heads. */
        ATTENTION;

        /** The name in settings. */
        @Override
        public String toString() {
            return this == RANDOM ? "random" : "attention";
        }
    }

    /** Registered under META-INF/services. */
    public static final class Factory implements ObjectiveFactory {
        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Set<String> keys() {
            return RunKeys.union(MaskSettings.KEYS, TeacherSource.KEYS, Comparison.KEYS, DropPath.KEYS,
                    Set.of("masking", BLOCKS, "mix", "distillation-weight", SecondTeacher.KEY));
        }

        @Override
        public Map<String, String> laterKeys() {
            return DropPath.LATER;
        }

        @Override
        public ObjectiveSettings settings(Section run) {
            return new Settings(MaskSettings.of(run), run.oneOf("masking", Masking.values()), TeacherSource.of(run),
                    run.integers(BLOCKS), run.oneOf("mix", Mixing.values()), Comparison.of(run),
                    run.real("distillation-weight", 0, 1e6), SecondTeacher.Settings.of(run), DropPath.of(run));
        }
    }

    /**
     * The settings of the objective.
     *
     * @param from source of the teacher
     * @param teacherBlocks empty for the last five blocks, or all if there are fewer
     */
    public record Settings(MaskSettings mask, Masking masking, TeacherSource from, List<Integer> teacherBlocks, Mixing mix,
            Comparison comparison, double distillationWeight, Optional<SecondTeacher.Settings> second,
            DropPath dropPath) implements TaughtSettings {
        public Settings {
            teacherBlocks = List.copyOf(teacherBlocks);
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public List<TeacherSource> furtherTeachers() {
            return second.map(SecondTeacher.Settings::from).stream().toList();
        }

        @Override
        public Align with(VitShape vit, retort.record.Stream stream, List<Teacher> teachers) {
            return with(vit, teachers.stream().map(Teacher::shape).toList());
        }

        @Override
        public Align with(VitShape student, VitShape teacher) {
            return with(student, List.of(teacher));
        }

        /** The objective for the shapes of all its teachers. */
        public Align with(VitShape student, List<VitShape> teachers) {
            final VitShape teacher = teachers.getFirst();
            return new Align(mask.visibleOf(student.patches()), masking, teacher, WholeTeacher.blocksOr(teacherBlocks, teacher),
                    mix,
                    comparison, distillationWeight, second.map(other -> other.with(teachers.getLast())), dropPath);
        }

        @Override
        public void announce(CheckpointReady.Builder event, int patches) {
            event.setNormPix(false).setMaskRatio(mask.ratioOf(patches));
        }
    }

    public Align {
        teacherBlocks = List.copyOf(teacherBlocks);
    }

    /** An objective with one teacher. */
    public Align(int visible, Masking masking, VitShape teacher, List<Integer> teacherBlocks, Mixing mix, Comparison comparison,
            double distillationWeight) {
        this(visible, masking, teacher, teacherBlocks, mix, comparison, distillationWeight, Optional.empty(), DropPath.NONE);
    }

    @Override
    public void check(VitShape vit) {
        teachers().forEach(each -> each.check(vit));
        require(!attentive() || teacher.variant().classToken(),
                "masking = attention asks the teacher's class token, and this teacher has none: set masking = random");
        MaskSettings.requireVisible(vit, visible);
        dropPath.check();
        require(visible > 0, "mask-ratio or visible-patches leaves no patch to compare");
    }

    private boolean attentive() {
        return masking == Masking.ATTENTION;
    }

    @Override
    public List<Parameter> parameters(VitShape vit) {
        return Stream.concat(Parameters.encoder(vit).stream(), heads(vit).stream()).toList();
    }

    /** Everything but the norm behind the blocks. */
    @Override
    public List<Parameter> trained(VitShape vit) {
        return Stream.concat(Parameters.trunk(vit, vit.depth()).stream(), heads(vit).stream())
                .filter(parameter -> parameter.start() != Parameter.Start.POSITIONS).toList();
    }

    /** All teachers, the first of them first. */
    private List<WholeTeacher> teachers() {
        return Stream.concat(Stream.of(first()), second.map(SecondTeacher::whole).stream()).toList();
    }

    private WholeTeacher first() {
        return new WholeTeacher(teacher, teacherBlocks, attentive());
    }

    private List<Parameter> heads(VitShape vit) {
        final int levels = teachers().stream().mapToInt(each -> each.blocks().size()).sum();
        final List<Parameter> all = new ArrayList<>(
                mix.start().map(start -> Parameters.mix(start, levels, vit)).stream().toList());
        int head = 0;
        for (final WholeTeacher each : teachers()) {
            all.addAll(Parameters.alignedHeads(head, each.blocks().size(), vit, each.shape().width()));
            head += each.blocks().size();
        }
        return all;
    }

    @Override
    public List<Parameter> teacherParameters() {
        final List<Parameter> all = new ArrayList<>(first().parameters());
        second.ifPresent(other -> all.addAll(SecondTeacher.beside(other.whole().parameters())));
        return all;
    }

    @Override
    public List<String> teacherLeftOver() {
        final List<String> all = new ArrayList<>(first().leftOver());
        second.ifPresent(other -> all.addAll(SecondTeacher.named(other.whole().leftOver())));
        return all;
    }

    @Override
    public List<String> lossParts() {
        return List.of("total", "", "distillation");
    }

    @Override
    public Map<String, Object> attributes(VitShape vit) {
        final Map<String, Object> all = new TreeMap<>(Map.ofEntries(entry("aligned", true), entry("attentive", attentive()),
                entry("mixed", mix.start().isPresent()),
                entry("visible", visible), entry("teacher_heads", teacher.heads()),
                entry("teacher_epsilon", teacher.variant().epsilon()), entry("teacher_depth", first().depth()),
                entry("teacher_blocks", teacherBlocks), entry("projection", "fc"),
                entry("distillation_weight", distillationWeight)));
        all.putAll(comparison.attributes());
        second.ifPresent(other -> all.putAll(other.attributes()));
        return all;
    }

    /** The patches are drawn on the device where attention draws them, from numbers that are drawn here. */
    @Override
    public StepCall masked(VitShape vit, long seed, long step, long[] sampleIds) {
        return attentive()
                ? MaskSettings.attentiveStep(vit, seed, step, sampleIds)
                : MaskedObjective.super.masked(vit, seed, step, sampleIds);
    }

    @Override
    public OptionalLong operations(VitShape vit) {
        final long frozen = teachers().stream().mapToLong(each -> each.operations(visible)).sum();
        final long heads = teachers().stream().mapToLong(each -> behind(vit, each)).sum();
        return OptionalLong
                .of(frozen + Operations.trained(vit, visible, Operations.blocks(vit, vit.depth(), visible) + heads));
    }

    /** Operations of the mixes and heads for the blocks of a teacher. */
    private long behind(VitShape vit, WholeTeacher other) {
        final long rows = other.rows(visible);
        final long mixed = mix.start().isPresent() ? Operations.product(1, vit.depth()) * rows * vit.width() : 0;
        return other.blocks().size() * (mixed + Operations.linear(rows, vit.width(), other.shape().width()));
    }
}
