package retort.ingest.decode;

import java.util.Map;

/**
 * BMP as Pillow 13.0 reads it: every header from OS/2's to version 5, 1 to 32 bits, bit fields and run lengths. The JDK's reader gives
 * other pixels for several of them. A kind that Pillow refuses is refused by its name. Stateless; any thread.
 */
final class BmpDecoder {
    /** The largest number of bytes that are decoded onto the heap at one time. */
    private static final int STRIP_BYTES = 24 << 20;
    private static final int RAW = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BIT_FIELDS = 3;

    /**
     * The bit fields of 32-bit pixels that are read. The key holds the masks of red, green, blue and alpha. The value holds the positions
     * of the bytes of red, green and blue.
     */
    private static final Map<String, int[]> FIELDS_32 = Map.of("ff0000 ff00 ff 0", new int[]{2, 1, 0},
            "ff000000 ff0000 ff00 0", new int[]{3, 2, 1}, "ff000000 ff00 ff 0", new int[]{3, 1, 0},
            "ff000000 ff0000 ff00 ff", new int[]{3, 2, 1}, "ff ff00 ff0000 ff000000", new int[]{0, 1, 2},
            "ff0000 ff00 ff ff000000", new int[]{2, 1, 0}, "ff000000 ff00 ff ff0000", new int[]{3, 1, 0},
            "0 0 0 0", new int[]{2, 1, 0});
    private static final int[] BGR = {2, 1, 0};

    private final byte[] file;
    private final int headerSize;
    private final int width;
    private final int height;
    private final boolean topDown;
    private final int bits;
    private final int compression;
    private final int colours;

    private BmpDecoder(byte[] file) throws RejectedImageException {
        this.file = file;
        headerSize = little32(14);
        final boolean core = headerSize == 12;
        if (!core && headerSize != 40 && headerSize != 52 && headerSize != 56 && headerSize != 64 && headerSize != 108
                && headerSize != 124)
            throw new RejectedImageException("BMP with a header of " + headerSize + " bytes, which is of no known version");
        at(14 + headerSize - 1); // throws if the header is cut
        topDown = !core && at(25) == 0xFF;
        width = core ? little16(18) : little32(18);
        height = core ? little16(20) : topDown ? -little32(22) : little32(22);
        bits = little16(core ? 24 : 28);
        compression = core ? RAW : little32(30);
        final int stated = core ? 0 : little32(46);
        colours = stated != 0 ? stated : bits <= 16 ? 1 << bits : 0;
    }

    /**
     * Reads the header.
     *
     * @throws RejectedImageException if the header is of no known version
     * @throws ArrayIndexOutOfBoundsException if the bytes end inside the header
     */
    static ImageHeader header(byte[] file) throws RejectedImageException {
        final BmpDecoder bmp = new BmpDecoder(file);
        return new ImageHeader(ImageHeader.Format.BMP, bmp.width, bmp.height, ImageHeader.Colours.RGB, 0, 0);
    }

    /** Decodes {@code region} to RGB. */
    static PixelRows decode(byte[] file, Region region) throws RejectedImageException {
        final int strip = Math.max(1, STRIP_BYTES / (region.width() * 3));
        return strip >= region.height() ? part(file, region) : new Strips(region, strip, part -> part(file, part));
    }

    private static PixelRows part(byte[] file, Region region) throws RejectedImageException {
        try {
            return new BmpDecoder(file).rows(region);
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new RejectedImageException("truncated BMP: " + file.length + " bytes end before its pixels do", e);
        }
    }

    private PixelRows rows(Region region) throws RejectedImageException {
        final byte[] rgb = new byte[region.width() * region.height() * 3];
        switch (bits) {
            case 1, 4, 8 -> indexed(region, rgb);
            case 16 -> packed(region, rgb);
            case 24 -> bytes(region, rgb, bits24());
            case 32 -> bytes(region, rgb, bits32());
            default -> throw new RejectedImageException("BMP of " + bits + " bits a pixel: 1, 4, 8, 16, 24 and 32 are read");
        }
        return new ArrayRows(rgb, 0, region.width(), region.height(), 3);
    }

    private void indexed(Region region, byte[] rgb) throws RejectedImageException {
        if (compression == BIT_FIELDS)
            throw fields();
        final byte[] palette = palette();
        if (compression == RLE8 || compression == RLE4) {
            final byte[] indices = runs();
            for (int y = 0, to = 0; y < region.height(); y++)
                for (int x = 0; x < region.width(); x++, to += 3)
                    System.arraycopy(palette, 3 * (indices[storedRow(region.top() + y) * width + region.left() + x] & 0xFF), rgb,
                            to, 3);
            return;
        }
        requireRaw();
        final int mask = (1 << bits) - 1;
        for (int y = 0, to = 0; y < region.height(); y++) {
            final int row = row(region.top() + y);
            for (int x = 0; x < region.width(); x++, to += 3) {
                final long bit = (long) (region.left() + x) * bits;
                final int index = at(row + (int) (bit >> 3)) >> 8 - bits - (int) (bit & 7) & mask;
                System.arraycopy(palette, 3 * index, rgb, to, 3);
            }
        }
    }

    /** Reads pixels of 16 bits: five or six bits a colour, stretched to 255 and rounded down. */
    private void packed(Region region, byte[] rgb) throws RejectedImageException {
        boolean green6 = false;
        if (compression == BIT_FIELDS) {
            final String masks = masks(3);
            green6 = masks.equals("f800 7e0 1f");
            if (!green6 && !masks.equals("7c00 3e0 1f"))
                throw fields();
        } else {
            requireRaw();
        }
        for (int y = 0, to = 0; y < region.height(); y++) {
            final int row = row(region.top() + y);
            for (int x = 0; x < region.width(); x++, to += 3) {
                final int pixel = little16(row + 2 * (region.left() + x));
                rgb[to] = (byte) ((pixel >> (green6 ? 11 : 10) & 31) * 255 / 31);
                rgb[to + 1] = (byte) (green6 ? (pixel >> 5 & 63) * 255 / 63 : (pixel >> 5 & 31) * 255 / 31);
                rgb[to + 2] = (byte) ((pixel & 31) * 255 / 31);
            }
        }
    }

    /** @param places positions of red, green and blue in the bytes of a pixel */
    private void bytes(Region region, byte[] rgb, int[] places) throws RejectedImageException {
        final int step = bits / 8;
        for (int y = 0, to = 0; y < region.height(); y++) {
            int from = row(region.top() + y) + step * region.left();
            for (int x = 0; x < region.width(); x++, from += step)
                for (final int place : places)
                    rgb[to++] = file[from + place];
        }
    }

    private int[] bits24() throws RejectedImageException {
        if (compression != BIT_FIELDS)
            requireRaw();
        else if (!masks(3).equals("ff0000 ff00 ff"))
            throw fields();
        return BGR;
    }

    private int[] bits32() throws RejectedImageException {
        if (compression != BIT_FIELDS) {
            requireRaw();
            return BGR;
        }
        final int[] places = FIELDS_32.get(headerSize >= 56 ? masks(4) : masks(3) + " 0");
        if (places == null)
            throw fields();
        return places;
    }

    /** The masks of red, green, blue and perhaps alpha, as hexadecimal digits. */
    private String masks(int count) {
        final StringBuilder masks = new StringBuilder();
        for (int i = 0; i < count; i++)
            masks.append(i == 0 ? "" : " ").append(Integer.toHexString(little32(54 + 4 * i)));
        return masks.toString();
    }

    /**
     * The palette: 256 colours of three bytes each. Colours that the file lacks are black. If the file's colours are a ramp of greys, the
     * ramp goes on, as in Pillow.
     */
    private byte[] palette() throws RejectedImageException {
        if (colours < 1 || colours > 256)
            throw new RejectedImageException("BMP with a palette of " + Integer.toUnsignedString(colours) + " colours");
        final byte[] palette = new byte[3 * 256];
        final int step = headerSize == 12 ? 3 : 4;
        boolean ramp = true;
        for (int i = 0, from = 14 + headerSize; i < colours; i++, from += step)
            for (int channel = 0; channel < 3; channel++) {
                palette[3 * i + channel] = (byte) at(from + 2 - channel);
                ramp &= palette[3 * i + channel] == (byte) i;
            }
        for (int i = 3 * colours; ramp && i < palette.length; i++)
            palette[i] = (byte) (i / 3);
        return palette;
    }

    /**
     * The position of the pixels in the file. Many files state the end of the header and forget the palette after it, so the size of the
     * palette is added to such a position.
     */
    private int offset() {
        final int stated = little32(10);
        final int afterHeader = 14 + headerSize;
        final int palette = bits <= 8 ? colours * (headerSize == 12 ? 3 : 4) : 0;
        final int masks = compression == BIT_FIELDS && headerSize == 40 ? 12 : 0;
        return stated == 0 || stated == afterHeader && bits <= 8 ? afterHeader + palette + masks : stated;
    }

    /** The position of row {@code y} of the image in the file. */
    private int row(int y) {
        final long stride = ((long) width * bits + 31) / 32 * 4;
        final long row = offset() + stride * storedRow(y);
        if (row < 0 || row > file.length)
            throw new ArrayIndexOutOfBoundsException("a row at byte " + row);
        at((int) (row + ((long) width * bits + 7) / 8 - 1)); // throws if the row is cut
        return (int) row;
    }

    /** The stored number of row {@code y}. Rows are stored from the bottom up unless the header says otherwise. */
    private int storedRow(int y) {
        return topDown ? y : height - 1 - y;
    }

    /** The palette indices of all rows in the order in which they are stored, as Pillow unpacks them. */
    private byte[] runs() throws RejectedImageException {
        final byte[] indices = new byte[Math.multiplyExact(width, height)];
        int from = offset();
        int to = 0;
        int x = 0;
        while (to < indices.length && from + 1 < file.length) {
            final int count = at(from);
            final int value = at(from + 1);
            from += 2;
            if (count > 0) {
                final int run = Math.clamp(width - x, 0, count);
                for (int i = 0; i < run && to < indices.length; i++)
                    indices[to++] = (byte) (compression == RLE8 ? value : i % 2 == 0 ? value >> 4 : value & 15);
                x += run;
            } else if (value == 0) {
                to = Math.min(indices.length, (to + width - 1) / width * width);
                x = 0;
            } else if (value == 1) {
                break;
            } else if (value == 2) {
                to = Math.min(indices.length, to + at(from) + at(from + 1) * width);
                x = to % width;
                from += 2;
            } else {
                final int literal = Math.min(indices.length - to, value);
                for (int i = 0; i < literal; i++)
                    indices[to++] = (byte) (compression == RLE8
                            ? at(from + i)
                            : i % 2 == 0 ? at(from + i / 2) >> 4 : at(from + i / 2) & 15);
                from += compression == RLE8 ? literal : (literal + 1) / 2;
                from += from % 2; // literals are padded to words of 16 bits
                x += value;
            }
        }
        if (to < indices.length)
            throw new RejectedImageException("truncated BMP: its runs hold " + to + " of " + indices.length + " pixels");
        return indices;
    }

    private void requireRaw() throws RejectedImageException {
        if (compression != RAW)
            throw new RejectedImageException("BMP of " + bits + " bits a pixel in compression "
                    + Integer.toUnsignedString(compression) + (compression == 4 ? " (JPEG)" : compression == 5 ? " (PNG)" : "")
                    + ": none, run lengths and bit fields are read");
    }

    private RejectedImageException fields() {
        return new RejectedImageException("BMP of " + bits + " bits a pixel with the bit fields " + masks(4)
                + ", which Pillow does not read either");
    }

    private int at(int index) {
        return file[index] & 0xFF;
    }

    private int little16(int index) {
        return at(index) | at(index + 1) << 8;
    }

    private int little32(int index) {
        return little16(index) | little16(index + 2) << 16;
    }
}
