package retort.trainer.settings;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import retort.settings.Section;
import retort.trainer.learn.AlignedPair;
import retort.trainer.learn.Augmentation;
import retort.trainer.learn.Distance;
import retort.trainer.learn.Objective;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Pooling;
import retort.trainer.model.Projection;
import retort.trainer.model.VitShape;

/** What a run learns, as the settings say it: without the shapes that come with its stream and its teacher. */
public sealed interface ObjectiveSettings {
    Set<String> WORDS = Set.of("pretrain", "distill", "finetune");

    /** Masked autoencoding: makes a teacher. */
    record Pretrain(Objective.Reconstruction reconstruction, MaskSettings mask) implements ObjectiveSettings {
        @Override
        public String word() {
            return "pretrain";
        }

        @Override
        public boolean normPix() {
            return reconstruction.normPix();
        }

        /** With the shape filled in. */
        public Objective.Pretrain with(VitShape vit) {
            return new Objective.Pretrain(reconstruction, mask.visibleOf(vit.patches()));
        }
    }

    /**
     * Masked knowledge distillation.
     *
     * @param reconstruction empty where its weight is 0
     * @param teacherVisible patches that the teacher sees; 0 for those of the student alone
     * @param teacherModel encoder of a teacher file that does not say it all; empty to read it from the file
     * @param pairs aligned blocks; empty for the ones at 3/4 of both depths
     */
    record Distill(Optional<Objective.Reconstruction> reconstruction, MaskSettings mask, int teacherVisible,
            WeightsSource teacher,
            Optional<EncoderSettings> teacherModel, List<AlignedPair> pairs, Projection projection, Distance distance,
            boolean unitFeatures, double reconstructionWeight, double distillationWeight) implements ObjectiveSettings {
        @Override
        public String word() {
            return "distill";
        }

        @Override
        public boolean normPix() {
            return reconstruction.map(Objective.Reconstruction::normPix).orElse(false);
        }

        /** With the shapes filled in. */
        public Objective.Distill with(VitShape student, VitShape teacherShape) {
            final int visible = mask.visibleOf(student.patches());
            return new Objective.Distill(reconstruction, visible, teacherVisible > 0 ? teacherVisible : visible, teacherShape,
                    pairs.isEmpty()
                            ? List.of(new AlignedPair(threeQuarters(student.depth()), threeQuarters(teacherShape.depth())))
                            : pairs,
                    projection, distance, unitFeatures, reconstructionWeight, distillationWeight);
        }

        /** 8 of 12 and 17 of 24, counted from 0. */
        private static int threeQuarters(int depth) {
            return Math.max(0, depth * 3 / 4 - 1);
        }
    }

    /**
     * A classifier.
     *
     * @param init what it starts from; empty: from scratch
     * @param initAllow names of tensors that need not fit
     * @param classes 0 for those that the stream names
     * @param smoothing of labels
     * @param dropPath rate of the last block
     * @param teacher whose answers are learned too
     */
    record Finetune(Optional<WeightsSource> init, List<String> initAllow, Pooling pooling, int classes, double smoothing,
            double dropPath, Augmentation augmentation, Optional<LogitTeacher> teacher) implements ObjectiveSettings {
        public Finetune {
            initAllow = List.copyOf(initAllow);
        }

        @Override
        public String word() {
            return "finetune";
        }

        /** Nothing is masked. */
        @Override
        public MaskSettings mask() {
            return new MaskSettings(0, 0);
        }

        @Override
        public boolean normPix() {
            return false;
        }

        /**
         * With the number of classes, and its teacher's form, filled in.
         *
         * @param teacherShape present where there is a teacher
         */
        public Objective.Finetune with(int known, Optional<VitShape> teacherShape, Pooling teacherPooling) {
            return new Objective.Finetune(known, pooling, smoothing, dropPath, augmentation, teacher.flatMap(from -> teacherShape
                    .map(shape -> new Objective.LogitTeacher(shape, teacherPooling, from.temperature(), from.weight()))));
        }
    }

    /**
     * A classifier whose answers are learned.
     *
     * @param model encoder of a file that does not say it all; empty to read it from the file
     * @param temperature both sides' logits are divided by it
     * @param weight share of the loss
     */
    record LogitTeacher(WeightsSource source, Optional<EncoderSettings> model, double temperature, double weight) {
    }

    /** The field's word for it. */
    String word();

    MaskSettings mask();

    /** Whether reconstruction targets are normalised per patch; false without reconstruction. */
    boolean normPix();

    /** Of a run over its defaults. */
    static ObjectiveSettings of(Section run) {
        return switch (run.oneOf("objective", WORDS)) {
            case "pretrain" -> new Pretrain(reconstruction(run), MaskSettings.of(run));
            case "finetune" -> finetune(run);
            default -> distill(run);
        };
    }

    private static Objective.Reconstruction reconstruction(Section run) {
        final Section decoder = run.section("decoder").only(Set.of("width", "depth", "heads"));
        return new Objective.Reconstruction(new DecoderShape(decoder.integer("width", 4, 1 << 14),
                decoder.integer("depth", 1, 256), decoder.integer("heads", 1, 256)), run.bool("norm-pix"));
    }

    private static Distill distill(Section run) {
        final double weight = run.real("reconstruction-weight", 0, 1e6);
        return new Distill(weight == 0 ? Optional.empty() : Optional.of(reconstruction(run)), MaskSettings.of(run),
                run.integer("teacher-visible-patches", 0, 1 << 20), WeightsSource.of(run, "teacher"),
                teacherModel(run),
                pairs(run), named(run, "projection", Projection.values()), named(run, "distance", Distance.values()),
                run.bool("unit-features"), weight, run.real("distillation-weight", 0, 1e6));
    }

    private static Finetune finetune(Section run) {
        final Optional<LogitTeacher> teacher = run.optionalString("teacher").map(_ -> new LogitTeacher(
                WeightsSource.of(run, "teacher"), teacherModel(run), run.real("temperature", 0.001, 1000),
                run.real("logits-weight", 0, 1)));
        return new Finetune(init(run), run.strings("init-allow"), named(run, "pooling", Pooling.values()),
                run.integer("classes", 0, 1 << 20), run.real("smoothing", 0, 0.999), run.real("drop-path", 0, 0.999),
                new Augmentation(run.real("mixup", 0, 1e3), run.real("cutmix", 0, 1e3), run.real("mix-probability", 0, 1),
                        run.real("cutmix-share", 0, 1), run.real("erase", 0, 1)),
                teacher);
    }

    private static Optional<WeightsSource> init(Section run) {
        final String text = run.string("init");
        if (text.isEmpty())
            throw run.error("init", "\"\"", "must be run:NAME, file:PATH or scratch: what the classifier starts from");
        return text.equals("scratch") ? Optional.empty() : Optional.of(WeightsSource.of(run, "init"));
    }

    private static Optional<EncoderSettings> teacherModel(Section run) {
        return run.isSection("teacher-model") || run.optionalString("teacher-model").isPresent()
                ? Optional.of(EncoderSettings.of(run, "teacher-model"))
                : Optional.empty();
    }

    private static List<AlignedPair> pairs(Section run) {
        final List<Integer> student = run.integers("student-blocks");
        final List<Integer> teacher = run.integers("teacher-blocks");
        if (student.size() != teacher.size())
            throw run.error("teacher-blocks", teacher, "must be as many as student-blocks, " + student);
        return IntStream.range(0, student.size()).mapToObj(i -> new AlignedPair(student.get(i), teacher.get(i))).toList();
    }

    /** The one of {@code values} that the setting spells. */
    private static <E> E named(Section run, String key, E[] values) {
        final List<E> all = List.of(values);
        final Set<String> names = Set.copyOf(all.stream().map(Object::toString).toList());
        final String name = run.oneOf(key, names);
        return all.stream().filter(value -> value.toString().equals(name)).findFirst().orElseThrow();
    }
}
