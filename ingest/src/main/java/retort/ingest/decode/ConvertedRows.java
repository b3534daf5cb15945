package retort.ingest.decode;

/** Rows that are converted as they are read. Confined to one thread at a time; owns its scratch row. */
final class ConvertedRows implements PixelRows {
    /** Copies {@code count} pixels of row {@code y}, from column {@code x} on, to the beginning of {@code into}. */
    @FunctionalInterface
    interface Samples {
        void copy(int y, int x, int count, byte[] into);
    }

    private final Samples samples;
    private final Conversion conversion;
    private final int width;
    private final int height;
    private final int channels;
    private final byte[] row;

    /** @param perPixel samples of each pixel */
    ConvertedRows(Samples samples, int perPixel, Conversion conversion, int width, int height, int channels) {
        this.samples = samples;
        this.conversion = conversion;
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.row = new byte[width * perPixel];
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public void copy(int y, int x, int count, byte[] into, int at) {
        samples.copy(y, x, count, row);
        conversion.convert(row, count, into, at);
    }
}
