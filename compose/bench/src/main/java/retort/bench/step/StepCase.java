package retort.bench.step;

import java.util.ArrayList;
import java.util.List;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.learn.LrSchedule;
import retort.trainer.learn.Masking;
import retort.trainer.learn.OptimizerSettings;
import retort.trainer.learn.PixelStatistics;
import retort.trainer.learn.Precision;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.VitShape;
import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Distill;
import retort.trainer.objective.Reconstruction;

/**
 * One step that all contestants compute, on images of 224 pixels, with a decoder 512 wide.
 *
 * @param models student and teacher
 * @param batch number of images
 * @param maskRatio share of patches that are masked, above 0 and below 1
 * @param decoderDepth number of blocks of the student's decoder
 */
record StepCase(Models models, int batch, double maskRatio, int decoderDepth) {
    /** A student and its teacher, which runs up to the aligned block. The names are those of step_contestant.py. */
    @SuppressWarnings("ImmutableEnumChecker") // records of numbers
    enum Models {
        S_B("ViT-S/16 student, ViT-B/16 teacher up to block 9 of 12", "vit_small_patch16", "vit_base_patch16",
                new AlignedPair(8, 8)), B_L("ViT-B/16 student, ViT-L/16 teacher up to block 18 of 24", "vit_base_patch16",
                        "vit_large_patch16", new AlignedPair(8, 17));

        final String title;
        final VitShape student;
        final VitShape teacher;
        final AlignedPair pair;

        Models(String title, String student, String teacher, AlignedPair pair) {
            this.title = title;
            this.student = VitShape.preset(student, 224, 3);
            this.teacher = VitShape.preset(teacher, 224, 3);
            this.pair = pair;
        }

        /** Number of the teacher's blocks that run. */
        int teacherBlocks() {
            return pair.teacher() + 1;
        }
    }

    /** Small, so that random weights do not run away in many steps. */
    static final double LEARNING_RATE = 1e-5;
    private static final PixelStatistics IMAGENET = new PixelStatistics(List.of(0.485, 0.456, 0.406),
            List.of(0.229, 0.224, 0.225));

    /** A matrix product (rows, inner) x (inner, columns), and how many times a step computes it. */
    record Product(long rows, long inner, long columns, int times) {
        long operations() {
            return 2 * rows * inner * columns * times;
        }
    }

    int visible() {
        return Masking.visible(models.student.patches(), maskRatio);
    }

    /** The spec of a learner that takes this step, in distillation as published. */
    LearnerSpec spec(Precision precision) {
        final Distill distill = new Distill(new Reconstruction(decoder(), false), visible(), models.teacher, models.pair);
        return new LearnerSpec(models.student, distill,
                OptimizerSettings.pretraining(new LrSchedule(LEARNING_RATE, 0, 0, 1, true)),
                precision, IMAGENET, 0);
    }

    DecoderShape decoder() {
        return new DecoderShape(512, decoderDepth, 16);
    }

    /** Matrix products of a step that computes only what its loss uses. A trained layer also has the products of its backward pass. */
    List<Product> products() {
        final List<Product> all = new ArrayList<>();
        final long seen = (long) batch * (1 + visible());
        final long patches = (long) batch * visible();
        final long masked = (long) batch * (models.student.patches() - visible());
        final long tokens = (long) batch * (1 + models.student.patches());
        final int width = models.student.width();
        final int inner = decoder().width();
        forward(all, patches, models.teacher.patchValues(), models.teacher.width(), 1);
        forward(all, seen, models.teacher.width(), 3 * models.teacher.width(), models.teacherBlocks());
        forward(all, seen, models.teacher.width(), models.teacher.width(), models.teacherBlocks());
        forward(all, seen, models.teacher.width(), 4 * models.teacher.width(), models.teacherBlocks());
        forward(all, seen, 4 * models.teacher.width(), models.teacher.width(), models.teacherBlocks());
        forward(all, patches, models.student.patchValues(), width, 1);
        all.add(new Product(models.student.patchValues(), patches, width, 1)); // pixels need no gradient
        trained(all, seen, width, 3 * width, models.student.depth());
        trained(all, seen, width, width, models.student.depth());
        trained(all, seen, width, 4 * width, models.student.depth());
        trained(all, seen, 4 * width, width, models.student.depth());
        trained(all, seen, width, models.teacher.width(), 1);
        trained(all, seen, width, inner, 1);
        trained(all, tokens, inner, 3 * inner, decoderDepth - 1);
        trained(all, tokens, inner, inner, decoderDepth - 1);
        trained(all, tokens, inner, 4 * inner, decoderDepth - 1);
        trained(all, tokens, 4 * inner, inner, decoderDepth - 1);
        trained(all, tokens, inner, 2 * inner, 1); // the last block: keys and values of all tokens, everything else for masked tokens only
        trained(all, masked, inner, inner, 2);
        trained(all, masked, inner, 4 * inner, 1);
        trained(all, masked, 4 * inner, inner, 1);
        trained(all, masked, inner, models.student.patchValues(), 1);
        return all.stream().filter(product -> product.times() > 0).toList();
    }

    /**
     * Floating-point operations of a step, in {@link #products} and in attention. If attention is computed again in the backward pass, the
     * second computation does not count.
     */
    long operations() {
        return batch * spec(Precision.FLOAT32).objective().operations(models.student).orElseThrow();
    }

    @Override
    public String toString() {
        return "%s: batch %d, %.0f%% masked, decoder of %d blocks".formatted(models.title, batch, 100 * maskRatio, decoderDepth);
    }

    private static void forward(List<Product> all, long rows, int from, int to, int times) {
        all.add(new Product(rows, from, to, times));
    }

    private static void trained(List<Product> all, long rows, int from, int to, int times) {
        forward(all, rows, from, to, times);
        all.add(new Product(rows, to, from, times)); // gradient of the input
        all.add(new Product(from, rows, to, times)); // gradient of the weight
    }
}
