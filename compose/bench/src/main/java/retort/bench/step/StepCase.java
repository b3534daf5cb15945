package retort.bench.step;

import java.util.ArrayList;
import java.util.List;
import retort.trainer.learn.Masking;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.VitShape;

/**
 * One step that all contestants compute: a ViT-S student, a ViT-B teacher up to its ninth block, 224 pixels, a decoder 512 wide.
 *
 * @param batch number of images
 * @param maskRatio share of patches that are masked, above 0 and below 1
 * @param decoderDepth number of blocks of the student's decoder
 */
record StepCase(int batch, double maskRatio, int decoderDepth) {
    static final VitShape STUDENT = VitShape.preset("vit_small_patch16", 224, 3);
    static final VitShape TEACHER = VitShape.preset("vit_base_patch16", 224, 3);
    static final int ALIGNED = 8;

    /** A matrix product (rows, inner) x (inner, columns), and how many times a step computes it. */
    record Product(long rows, long inner, long columns, int times) {
        long operations() {
            return 2 * rows * inner * columns * times;
        }
    }

    int visible() {
        return Masking.visible(STUDENT.patches(), maskRatio);
    }

    DecoderShape decoder() {
        return new DecoderShape(512, decoderDepth, 16);
    }

    /** Matrix products of a step that computes only what its loss uses. A trained layer also has the products of its backward pass. */
    List<Product> products() {
        final List<Product> all = new ArrayList<>();
        final long seen = (long) batch * (1 + visible());
        final long patches = (long) batch * visible();
        final long masked = (long) batch * (STUDENT.patches() - visible());
        final long tokens = (long) batch * (1 + STUDENT.patches());
        final int width = STUDENT.width();
        final int inner = decoder().width();
        forward(all, patches, TEACHER.patchValues(), TEACHER.width(), 1);
        forward(all, seen, TEACHER.width(), 3 * TEACHER.width(), ALIGNED + 1);
        forward(all, seen, TEACHER.width(), TEACHER.width(), ALIGNED + 1);
        forward(all, seen, TEACHER.width(), 4 * TEACHER.width(), ALIGNED + 1);
        forward(all, seen, 4 * TEACHER.width(), TEACHER.width(), ALIGNED + 1);
        forward(all, patches, STUDENT.patchValues(), width, 1);
        all.add(new Product(STUDENT.patchValues(), patches, width, 1)); // pixels need no gradient
        trained(all, seen, width, 3 * width, STUDENT.depth());
        trained(all, seen, width, width, STUDENT.depth());
        trained(all, seen, width, 4 * width, STUDENT.depth());
        trained(all, seen, 4 * width, width, STUDENT.depth());
        trained(all, seen, width, TEACHER.width(), 1);
        trained(all, seen, width, inner, 1);
        trained(all, tokens, inner, 3 * inner, decoderDepth - 1);
        trained(all, tokens, inner, inner, decoderDepth - 1);
        trained(all, tokens, inner, 4 * inner, decoderDepth - 1);
        trained(all, tokens, 4 * inner, inner, decoderDepth - 1);
        trained(all, tokens, inner, 2 * inner, 1); // the last block: keys and values of all tokens, everything else for masked tokens only
        trained(all, masked, inner, inner, 2);
        trained(all, masked, inner, 4 * inner, 1);
        trained(all, masked, 4 * inner, inner, 1);
        trained(all, masked, inner, STUDENT.patchValues(), 1);
        return all.stream().filter(product -> product.times() > 0).toList();
    }

    /**
     * Floating-point operations of a step, in {@link #products} and in attention. If attention is computed again in the backward pass, the
     * second computation does not count.
     */
    long operations() {
        final long seen = 1L + visible();
        final long tokens = 1L + STUDENT.patches();
        final long masked = (long) STUDENT.patches() - visible();
        final int forwardAndBackward = 3;
        final long attention = (ALIGNED + 1) * pairs(seen, seen, TEACHER.width())
                + forwardAndBackward * (STUDENT.depth() * pairs(seen, seen, STUDENT.width())
                        + (decoderDepth - 1) * pairs(tokens, tokens, decoder().width())
                        + pairs(masked, tokens, decoder().width()));
        return batch * attention + products().stream().mapToLong(Product::operations).sum();
    }

    @Override
    public String toString() {
        return "batch %d, %.0f%% masked, decoder of %d blocks".formatted(batch, 100 * maskRatio, decoderDepth);
    }

    /** Operations of attention for one image: the products of queries and keys, then the products of weights and values. */
    private static long pairs(long queries, long keys, long width) {
        return 2 * 2 * queries * keys * width;
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
