package retort.ingest.decode;

import java.awt.image.IndexColorModel;

/** Converts a row of samples, as a file holds them, to grey or RGB in the integers of libjpeg and Pillow. Immutable. */
@FunctionalInterface
interface Conversion {
    /**
     * @param samples interleaved samples, from index 0 on; the conversion may change them
     * @param count number of pixels
     * @param into receives grey or RGB from {@code at} on
     */
    void convert(byte[] samples, int count, byte[] into, int at);

    /** Keeps the first {@code kept} samples of every {@code of}: drops alpha without blending. */
    static Conversion first(int kept, int of) {
        return (samples, count, into, at) -> {
            for (int i = 0; i < count; i++)
                for (int c = 0; c < kept; c++)
                    into[at + i * kept + c] = samples[i * of + c];
        };
    }

    /** Looks colours up in a palette and ignores their alpha. */
    static Conversion palette(IndexColorModel palette) {
        final byte[][] colours = new byte[3][256];
        final byte[] table = new byte[palette.getMapSize()];
        palette.getReds(table);
        System.arraycopy(table, 0, colours[0], 0, table.length);
        palette.getGreens(table);
        System.arraycopy(table, 0, colours[1], 0, table.length);
        palette.getBlues(table);
        System.arraycopy(table, 0, colours[2], 0, table.length);
        return (samples, count, into, at) -> {
            for (int i = 0; i < count; i++)
                for (int c = 0; c < 3; c++)
                    into[at + i * 3 + c] = colours[c][samples[i] & 0xFF];
        };
    }

    /**
     * libjpeg's YCbCr to RGB with 16 fraction bits. The terms of red and blue are each rounded alone, and the two terms of green are
     * rounded together.
     */
    static Conversion ycc() {
        return (samples, count, into, at) -> {
            for (int i = 0; i < count * 3; i += 3)
                ycc(samples, i, into, at + i, 0);
        };
    }

    /** Converts CMYK as Adobe's programs store it, which is inverted, to RGB. It uses Pillow's formula, without a colour profile. */
    static Conversion cmyk() {
        return (samples, count, into, at) -> {
            for (int i = 0; i < count; i++) {
                final int white = samples[i * 4 + 3] & 0xFF; // 255 - K
                for (int c = 0; c < 3; c++)
                    into[at + i * 3 + c] = (byte) (white - share(255 - (samples[i * 4 + c] & 0xFF), white));
            }
        };
    }

    /** libjpeg's YCCK to CMYK, then {@link #cmyk}. */
    static Conversion ycck() {
        final Conversion cmyk = cmyk();
        return (samples, count, into, at) -> {
            for (int i = 0; i < count * 4; i += 4)
                ycc(samples, i, samples, i, 0xFF);
            cmyk.convert(samples, count, into, at);
        };
    }

    private static void ycc(byte[] from, int at, byte[] into, int to, int invert) {
        final int y = from[at] & 0xFF;
        final int blue = (from[at + 1] & 0xFF) - 128;
        final int red = (from[at + 2] & 0xFF) - 128;
        into[to] = (byte) (clip(y + (91881 * red + 32768 >> 16)) ^ invert);
        into[to + 1] = (byte) (clip(y + (-22554 * blue - 46802 * red + 32768 >> 16)) ^ invert);
        into[to + 2] = (byte) (clip(y + (116130 * blue + 32768 >> 16)) ^ invert);
    }

    private static int clip(int value) {
        return Math.clamp(value, 0, 255);
    }

    /** The product a * b / 255, rounded. */
    private static int share(int a, int b) {
        final int product = a * b + 128;
        return (product >> 8) + product >> 8;
    }
}
