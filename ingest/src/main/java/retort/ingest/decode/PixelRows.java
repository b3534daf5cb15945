package retort.ingest.decode;

/**
 * Decoded pixels that are handed out row by row, so that a reader never needs the whole image on the heap. Valid until the decoder decodes
 * the next image.
 */
public interface PixelRows {
    int width();

    int height();

    /** 1 or 3. */
    int channels();

    /**
     * Copies {@code count} pixels of row {@code y} from column {@code x} on, {@code count * channels} uint8, interleaved.
     *
     * @param into receives them from {@code at} on
     */
    void copy(int y, int x, int count, byte[] into, int at);
}
