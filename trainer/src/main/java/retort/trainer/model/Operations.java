package retort.trainer.model;

/**
 * Counts the floating-point operations of the parts of a vision transformer for one image. A multiplication and an addition are two
 * operations. Only matrix products count, as is usual: norms, activations and softmax are left out.
 */
public final class Operations {
    /** A trained layer has, beside its own product, a product for the gradient of its input and one for the gradient of its weights. */
    private static final int TRAINED = 3;
    /** The first layer of a model has no gradient of its input, because the input is pixels. */
    private static final int TRAINED_FIRST = 2;

    private Operations() {
    }

    /** A linear layer on {@code rows} tokens. */
    public static long linear(long rows, long from, long to) {
        return 2 * rows * from * to;
    }

    /**
     * The operations of a training step on a model, for one image.
     *
     * @param visible number of patches that the model sees
     * @param behind operations of the forward pass behind the embedding
     */
    public static long trained(VitShape vit, long visible, long behind) {
        return TRAINED_FIRST * embedding(vit, visible) + TRAINED * behind;
    }

    /** One number for each pair of a row and a column, made of one multiplication and one addition. */
    public static long product(long rows, long columns) {
        return 2 * rows * columns;
    }

    /** The products of queries and keys, and of attention weights and values, of all heads of {@code width} together. */
    public static long attention(long queries, long keys, long width) {
        return 2 * 2 * queries * keys * width;
    }

    /** The layer that makes tokens of {@code patches} patches. */
    public static long embedding(VitShape vit, long patches) {
        return linear(patches, vit.patchValues(), vit.width());
    }

    /**
     * The first {@code depth} blocks of an encoder.
     *
     * @param patches number of patches that the encoder sees
     */
    public static long blocks(VitShape vit, int depth, long patches) {
        final long tokens = patches + tokensBesidePatches(vit);
        final long width = vit.width();
        final long hidden = vit.variant().hidden();
        return depth * (linear(tokens, width, 3 * width) + attention(tokens, tokens, width) + linear(tokens, width, width)
                + linear(tokens, width, vit.variant().mlp().halves() * hidden) + linear(tokens, hidden, width));
    }

    /** A block that sees all patches, and whose output is wanted for {@code rows} tokens alone: all tokens give keys and values. */
    public static long lastBlock(VitShape vit, long rows) {
        final long tokens = vit.patches() + tokensBesidePatches(vit);
        final long width = vit.width();
        final long hidden = vit.variant().hidden();
        return linear(tokens, width, 2 * width) + attention(rows, tokens, width) + 2 * linear(rows, width, width)
                + linear(rows, width, vit.variant().mlp().halves() * hidden) + linear(rows, hidden, width);
    }

    /** The attention of a class token to all tokens, without what it gives. */
    public static long classAttention(VitShape vit) {
        final long tokens = vit.patches() + tokensBesidePatches(vit);
        return linear(tokens, vit.width(), vit.width()) + linear(1, vit.width(), vit.width()) + product(1, tokens) * vit.width();
    }

    /** Number of tokens of an encoder that are no patches. */
    public static long tokensBesidePatches(VitShape vit) {
        return (long) vit.variant().extraTokens() + (vit.variant().classToken() ? 1 : 0);
    }

    /**
     * The decoder of a masked autoencoder, with the layers before and after its blocks. The last block computes keys and values of all
     * tokens, and everything else for the masked patches only.
     *
     * @param visible number of patches that the encoder sees
     */
    public static long decoder(VitShape vit, DecoderShape decoder, long visible) {
        final long tokens = 1L + vit.patches();
        final long masked = vit.patches() - visible;
        final long width = decoder.width();
        return linear(1 + visible, vit.width(), width) + blocksFor(decoder.depth(), tokens, masked, width)
                + linear(masked, width, vit.patchValues());
    }

    /**
     * The blocks of a decoder of which only {@code wanted} tokens are needed: the last block computes keys and values of all tokens, and
     * everything else for those.
     */
    public static long blocksFor(int depth, long tokens, long wanted, long width) {
        return (depth - 1) * decoderBlock(tokens, width) + linear(tokens, width, 2 * width) + attention(wanted, tokens, width)
                + 2 * linear(wanted, width, width) + 2 * linear(wanted, width, 4 * width);
    }

    /**
     * The first {@code blocks} blocks of the decoder of a masked autoencoder for all tokens, with the layer before them.
     *
     * @param visible number of patches that the encoder sees
     */
    public static long decoderTrunk(VitShape vit, DecoderShape decoder, int blocks, long visible) {
        return linear(1 + visible, vit.width(), decoder.width()) + blocks * decoderBlock(1L + vit.patches(), decoder.width());
    }

    private static long decoderBlock(long tokens, long width) {
        return linear(tokens, width, 3 * width) + attention(tokens, tokens, width) + linear(tokens, width, width)
                + 2 * linear(tokens, width, 4 * width);
    }
}
