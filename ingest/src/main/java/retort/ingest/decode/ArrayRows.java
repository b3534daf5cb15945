package retort.ingest.decode;

/**
 * Rows of an array that the caller owns.
 *
 * @param bytes uint8, (height, width, channels), row-major, from {@code offset} on
 */
@SuppressWarnings("ArrayRecordComponent") // a view, never compared
public record ArrayRows(byte[] bytes, int offset, int width, int height, int channels) implements PixelRows {
    public ArrayRows {
        if (channels != 1 && channels != 3)
            throw new IllegalArgumentException("pixels have 1 or 3 channels, not " + channels);
        if (width < 1 || height < 1 || offset < 0 || (long) offset + (long) width * height * channels > bytes.length)
            throw new IllegalArgumentException(
                    width + "x" + height + "x" + channels + " pixels at " + offset + " of " + bytes.length + " bytes");
    }

    @Override
    public void copy(int y, int x, int count, byte[] into, int at) {
        System.arraycopy(bytes, offset + (y * width + x) * channels, into, at, count * channels);
    }
}
