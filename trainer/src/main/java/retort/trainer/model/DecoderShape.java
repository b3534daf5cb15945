package retort.trainer.model;

/**
 * The shape of the decoder of a masked autoencoder.
 *
 * @param width width of a token, a multiple of 4
 * @param depth number of blocks
 * @param heads attention heads of a block; they divide {@code width}
 */
public record DecoderShape(int width, int depth, int heads) {
    /** MAE's decoder. */
    public static final DecoderShape EIGHT_BLOCKS = new DecoderShape(512, 8, 16);

    /** DMAE's decoder, which is smaller. */
    public static final DecoderShape TWO_BLOCKS = new DecoderShape(512, 2, 16);

    public DecoderShape {
        if (depth <= 0)
            throw new IllegalArgumentException("decoder: depth must be positive, was " + depth);
        if (heads <= 0 || width <= 0 || width % heads != 0 || width % 4 != 0)
            throw new IllegalArgumentException(
                    "decoder: width " + width + " must be a multiple of 4 and divide among " + heads + " heads");
    }
}
