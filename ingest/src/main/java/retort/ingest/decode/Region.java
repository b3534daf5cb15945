package retort.ingest.decode;

/** A rectangle of pixels, in the image's own coordinates; right and bottom are {@code left + width}, {@code top + height}. */
public record Region(int left, int top, int width, int height) {
    public Region {
        if (left < 0 || top < 0 || width < 1 || height < 1)
            throw new IllegalArgumentException("region " + width + "x" + height + " at (" + left + ", " + top + ")");
    }

    public int right() {
        return left + width;
    }

    public int bottom() {
        return top + height;
    }
}
