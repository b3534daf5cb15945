package retort.trainer.learn;

import java.util.List;
import java.util.Optional;
import retort.settings.SettingException;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Pooling;
import retort.trainer.model.Projection;
import retort.trainer.model.VitShape;

/** What a run learns from its images. */
public sealed interface Objective {
    /** The parameters of a model that learns this way, in the order of its checkpoints. */
    List<Parameter> parameters(VitShape vit);

    /** Those of them that change; the others stay as they began. Fixed positions do. */
    default List<Parameter> trained(VitShape vit) {
        return parameters(vit).stream().filter(parameter -> parameter.start() != Parameter.Start.POSITIONS).toList();
    }

    /** What it needs of a teacher's weights; nothing where it has none. */
    default List<Parameter> teacherParameters() {
        return List.of();
    }

    /** The parts of its loss in the program's order, the total first; a part without a name is not reported. */
    List<String> lossParts();

    /**
     * Checks that {@code vit} can learn this.
     *
     * @throws SettingException where it cannot
     */
    void check(VitShape vit);

    /**
     * Masked pixels from visible ones.
     *
     * @param normPix targets standardised patch by patch
     */
    record Reconstruction(DecoderShape decoder, boolean normPix) {
    }

    /**
     * MAE: makes a teacher.
     *
     * @param visible patches that are seen, see {@link Masking#visible}
     */
    record Pretrain(Reconstruction reconstruction, int visible) implements Objective {
        @Override
        public List<Parameter> parameters(VitShape vit) {
            final List<Parameter> all = Parameters.encoder(vit);
            all.addAll(Parameters.decoder(vit, reconstruction.decoder()));
            return all;
        }

        @Override
        public List<String> lossParts() {
            return List.of("total", "reconstruction", "");
        }

        @Override
        public void check(VitShape vit) {
            requireMasked(vit, visible);
        }
    }

    /**
     * DMAE: the features of a teacher that sees what the student sees, beside masked pixels.
     *
     * @param reconstruction empty: no decoder, and no student block after the last aligned one, is computed or trained
     * @param visible patches that the student sees
     * @param teacherVisible patches that the teacher sees, those of the student among them; at least as many
     * @param pairs aligned blocks, ascending on both sides
     * @param unitFeatures whether features are scaled to length 1 before they are compared
     */
    record Distill(Optional<Reconstruction> reconstruction, int visible, int teacherVisible, VitShape teacher,
            List<AlignedPair> pairs,
            Projection projection, Distance distance, boolean unitFeatures, double reconstructionWeight,
            double distillationWeight)
            implements
                Objective {
        public Distill {
            pairs = List.copyOf(pairs);
        }

        /** DMAE as published: equal weights, unit features, L1, one linear layer, the same patches for both. */
        public Distill(Reconstruction reconstruction, int visible, VitShape teacher, AlignedPair pair) {
            this(Optional.of(reconstruction), visible, visible, teacher, List.of(pair), Projection.FC, Distance.L1, true, 1, 1);
        }

        @Override
        public List<Parameter> parameters(VitShape vit) {
            final List<Parameter> all = Parameters.encoder(vit);
            reconstruction.ifPresent(part -> all.addAll(Parameters.decoder(vit, part.decoder())));
            all.addAll(Parameters.projectionHeads(projection, pairs.size(), vit.width(), teacher.width()));
            return all;
        }

        @Override
        public List<Parameter> trained(VitShape vit) {
            if (reconstruction.isPresent())
                return Objective.super.trained(vit);
            final List<Parameter> used = Parameters.trunk(vit, studentDepth(vit));
            used.addAll(Parameters.projectionHeads(projection, pairs.size(), vit.width(), teacher.width()));
            return used.stream().filter(parameter -> parameter.start() != Parameter.Start.POSITIONS).toList();
        }

        @Override
        public List<String> lossParts() {
            return reconstruction.isPresent()
                    ? List.of("total", "reconstruction", "distillation")
                    : List.of("total", "", "distillation");
        }

        @Override
        public void check(VitShape vit) {
            require(!pairs.isEmpty(), "there must be an aligned pair of blocks");
            for (int i = 0; i < pairs.size(); i++) {
                final AlignedPair pair = pairs.get(i);
                require(pair.student() >= 0 && pair.student() < vit.depth() && pair.teacher() >= 0
                        && pair.teacher() < teacher.depth(),
                        "aligned blocks " + pair.student() + " and " + pair.teacher() + " must lie in 0 to " + (vit.depth() - 1)
                                + " of the student and 0 to " + (teacher.depth() - 1) + " of the teacher");
                require(i == 0 || pair.student() > pairs.get(i - 1).student() && pair.teacher() > pairs.get(i - 1).teacher(),
                        "aligned pairs must ascend on both sides, were " + pairs);
            }
            require(teacher.image() == vit.image() && teacher.patch() == vit.patch() && teacher.channels() == vit.channels(),
                    "student and teacher must cut the same images into the same patches: " + vit + " and " + teacher);
            require(projection != Projection.NONE || teacher.width() == vit.width(),
                    "without a projection both must be as wide: " + vit.width() + " and " + teacher.width());
            require(teacherVisible >= visible && teacherVisible <= vit.patches(), "the teacher must see " + visible + " to "
                    + vit.patches() + " patches, not " + teacherVisible);
            if (reconstruction.isPresent())
                requireMasked(vit, visible);
            else
                require(visible >= 0 && visible <= vit.patches(),
                        "visible patches must be 0 to " + vit.patches() + ", were " + visible);
        }

        /** Blocks of the student that run. */
        int studentDepth(VitShape vit) {
            return reconstruction.isPresent() ? vit.depth() : pairs.getLast().student() + 1;
        }

        List<Integer> studentBlocks() {
            return pairs.stream().map(AlignedPair::student).toList();
        }

        List<Integer> teacherBlocks() {
            return pairs.stream().map(AlignedPair::teacher).toList();
        }

        /** Its trunk up to its last aligned block: fine-tuned or not makes no difference. */
        @Override
        public List<Parameter> teacherParameters() {
            return Parameters.trunk(teacher, teacherDepth());
        }

        /** Blocks of the teacher that run. */
        int teacherDepth() {
            return pairs.getLast().teacher() + 1;
        }
    }

    /**
     * Labels, usually from pre-trained weights.
     *
     * @param smoothing of labels, 0 to 1
     * @param dropPath rate of the last block
     * @param teacher a classifier of the same images whose answers are learned too; empty: none
     */
    record Finetune(int classes, Pooling pooling, double smoothing, double dropPath, Augmentation augmentation,
            Optional<LogitTeacher> teacher) implements Objective {
        @Override
        public List<Parameter> parameters(VitShape vit) {
            final List<Parameter> all = Parameters.trunk(vit, vit.depth());
            all.addAll(Parameters.classifier(vit, pooling, classes));
            return all;
        }

        /** Positions too. */
        @Override
        public List<Parameter> trained(VitShape vit) {
            return parameters(vit);
        }

        @Override
        public List<Parameter> teacherParameters() {
            return teacher.map(with -> {
                final List<Parameter> all = Parameters.trunk(with.shape(), with.shape().depth());
                all.addAll(Parameters.classifier(with.shape(), with.pooling(), classes));
                return all;
            }).orElse(List.of());
        }

        @Override
        public List<String> lossParts() {
            return List.of("total", "classification", teacher.isPresent() ? "distillation" : "");
        }

        @Override
        public void check(VitShape vit) {
            require(classes > 1, "there must be two classes or more, were " + classes);
            require(smoothing >= 0 && smoothing < 1, "label smoothing must be 0 to 1, was " + smoothing);
            require(dropPath >= 0 && dropPath < 1, "drop path must be 0 to 1, was " + dropPath);
            teacher.ifPresent(with -> require(with.shape().image() == vit.image() && with.shape().channels() == vit.channels(),
                    "student and teacher must look at the same images: " + vit + " and " + with.shape()));
        }
    }

    /**
     * A fine-tuned classifier whose softened answers are learned.
     *
     * @param temperature both sides' logits are divided by it
     * @param weight of that loss, times the temperature squared; labels have the rest up to 1
     */
    record LogitTeacher(VitShape shape, Pooling pooling, double temperature, double weight) {
        public LogitTeacher {
            require(temperature > 0 && weight >= 0 && weight <= 1,
                    "temperature " + temperature + " must be positive and the logits' weight " + weight + " 0 to 1");
        }
    }

    private static void requireMasked(VitShape vit, int visible) {
        require(visible >= 0 && visible < vit.patches(),
                "visible patches must be 0 to " + (vit.patches() - 1) + " so that one is masked, were " + visible);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds)
            throw new SettingException("objective: " + otherwise);
    }
}
