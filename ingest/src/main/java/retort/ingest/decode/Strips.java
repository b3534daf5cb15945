package retort.ingest.decode;

/**
 * Rows that are decoded one strip at a time, when the first row of a strip is asked for. An image that is too large for the heap is decoded
 * once for every strip. Rows must be asked for from top to bottom. Confined to one thread.
 */
final class Strips implements PixelRows {
    /** Decodes part of the image. */
    @FunctionalInterface
    interface Part {
        PixelRows decode(Region region) throws RejectedImageException;
    }

    private final Region region;
    private final int stripHeight;
    private final Part part;
    private int top;
    private PixelRows strip;

    /** Decodes the first strip. */
    Strips(Region region, int stripHeight, Part part) throws RejectedImageException {
        this.region = region;
        this.stripHeight = stripHeight;
        this.part = part;
        this.strip = part.decode(at(0));
    }

    @Override
    public int width() {
        return region.width();
    }

    @Override
    public int height() {
        return region.height();
    }

    @Override
    public int channels() {
        return strip.channels();
    }

    /** @throws IllegalStateException if the image is damaged in this strip */
    @Override
    public void copy(int y, int x, int count, byte[] into, int at) {
        if (y < top || y >= top + strip.height()) {
            top = y / stripHeight * stripHeight;
            try {
                strip = part.decode(at(top));
            } catch (RejectedImageException e) {
                throw new IllegalStateException(e.getMessage(), e);
            }
        }
        strip.copy(y - top, x, count, into, at);
    }

    private Region at(int row) {
        return new Region(region.left(), region.top() + row, region.width(), Math.min(stripHeight, region.height() - row));
    }
}
