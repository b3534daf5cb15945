package retort.ingest.decode;

import java.nio.charset.StandardCharsets;

/**
 * The facts that a file states about itself, read before anything is decoded. The first bytes tell the format; the name of the file is not
 * used.
 *
 * @param width pixels
 * @param height pixels
 * @param colours JPEG: the meaning of its components; RGB for other formats
 * @param scan JPEG: position of the first scan's header; 0 for other formats
 * @param heightAt JPEG with one scan that holds all rows in order: position of its height; 0 otherwise
 */
public record ImageHeader(Format format, int width, int height, Colours colours, int scan, int heightAt) {
    private static final int GIF_HEADER = 13;

    public enum Format {
        JPEG, PNG, WEBP, GIF, BMP
    }

    /** A JPEG's components, by libjpeg's rules. */
    public enum Colours {
        GREY, YCC, RGB, CMYK, YCCK
    }

    /** @throws RejectedImageException if the bytes are no image of a known kind, or end inside the header */
    public static ImageHeader read(byte[] bytes) throws RejectedImageException {
        if (bytes.length == 0)
            throw new RejectedImageException("empty: 0 bytes");
        try {
            final ImageHeader header = parse(bytes, new Bytes(bytes));
            if (header.width < 1 || header.height < 1)
                throw new RejectedImageException(header.format + " of " + header.width + "x" + header.height + " pixels");
            return header;
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new RejectedImageException("truncated: " + bytes.length + " bytes end inside the header", e);
        }
    }

    public long pixels() {
        return (long) width * height;
    }

    private static ImageHeader parse(byte[] bytes, Bytes b) throws RejectedImageException {
        if (b.is(0, "\u00FF\u00D8\u00FF"))
            return jpeg(b);
        if (b.is(0, "\u0089PNG\r\n\u001A\n"))
            return new ImageHeader(Format.PNG, b.big32(16), b.big32(20), Colours.RGB, 0, 0);
        if (b.is(0, "RIFF") && b.is(8, "WEBP"))
            return webp(b);
        if (b.is(0, "GIF87a") || b.is(0, "GIF89a"))
            return gif(b);
        if (b.is(0, "BM"))
            return BmpDecoder.header(bytes);
        throw new RejectedImageException(
                "not an image: begins with \"" + b.start() + "\" (JPEG, PNG, WebP, GIF and BMP are read)");
    }

    private static ImageHeader jpeg(Bytes b) throws RejectedImageException {
        int width = 0;
        int height = 0;
        int frame = 0;
        boolean sequential = false;
        int adobe = -1;
        boolean jfif = false;
        int at = 2;
        while (true) {
            while (b.at(at) != 0xFF) // libjpeg skips stray bytes between segments
                at++;
            while (b.at(at) == 0xFF)
                at++;
            final int marker = b.at(at++);
            if (marker == 0xDA && frame != 0)
                return new ImageHeader(Format.JPEG, width, height, colours(b, frame, jfif, adobe), at - 2,
                        sequential && b.at(at + 2) == b.at(frame + 7) ? frame + 3 : 0);
            if (marker == 0xDA || marker == 0xD9)
                throw new RejectedImageException("JPEG without a frame header");
            if (marker == 0 || marker == 1 || marker >= 0xD0 && marker <= 0xD8)
                continue;
            if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
                height = b.big16(at + 3);
                width = b.big16(at + 5);
                frame = at;
                sequential = marker <= 0xC1;
            } else if (marker == 0xEE && b.big16(at) >= 14 && b.is(at + 2, "Adobe")) {
                adobe = b.at(at + 13);
            } else if (marker == 0xE0 && b.big16(at) >= 16 && b.is(at + 2, "JFIF\0")) {
                jfif = true;
            }
            at += Math.max(2, b.big16(at));
        }
    }

    /** @param frame position of the frame header's length */
    private static Colours colours(Bytes b, int frame, boolean jfif, int adobe) throws RejectedImageException {
        final int precision = b.at(frame + 2);
        final int components = b.at(frame + 7);
        if (precision != 8)
            throw new RejectedImageException("JPEG of " + precision + " bits a component: 8 are read");
        return switch (components) {
            case 1 -> Colours.GREY;
            case 3 -> {
                if (jfif || adobe > 0)
                    yield Colours.YCC;
                final boolean named = b.at(frame + 8) == 'R' && b.at(frame + 11) == 'G' && b.at(frame + 14) == 'B';
                yield adobe == 0 || named ? Colours.RGB : Colours.YCC;
            }
            case 4 -> adobe > 0 ? Colours.YCCK : Colours.CMYK;
            default -> throw new RejectedImageException("JPEG of " + components + " components: 1, 3 and 4 are read");
        };
    }

    /** The first frame has to fill the canvas, because what stands around it depends on the reader. */
    private static ImageHeader gif(Bytes b) throws RejectedImageException {
        final int width = b.little16(6);
        final int height = b.little16(8);
        int at = GIF_HEADER + palette(b.at(10));
        while (b.at(at) == 0x21) { // an extension: its label, then blocks of a length each
            at += 2;
            while (b.at(at) != 0)
                at += 1 + b.at(at);
            at++;
        }
        if (b.at(at) != 0x2C)
            throw new RejectedImageException("GIF without an image");
        if (b.little16(at + 1) != 0 || b.little16(at + 3) != 0 || b.little16(at + 5) != width || b.little16(at + 7) != height)
            throw new RejectedImageException("GIF whose first frame is %dx%d at %d, %d on a canvas of %dx%d".formatted(
                    b.little16(at + 5), b.little16(at + 7), b.little16(at + 1), b.little16(at + 3), width, height));
        if (palette(b.at(10)) + palette(b.at(at + 9)) == 0)
            throw new RejectedImageException("GIF without a palette");
        return new ImageHeader(Format.GIF, width, height, Colours.RGB, 0, 0);
    }

    /** Bytes of the palette that the flags of a GIF's canvas or frame announce. */
    private static int palette(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1;
    }

    private static ImageHeader webp(Bytes b) throws RejectedImageException {
        final int width;
        final int height;
        if (b.is(12, "VP8 ")) {
            width = b.little16(26) & 0x3FFF;
            height = b.little16(28) & 0x3FFF;
        } else if (b.is(12, "VP8L")) {
            final int bits = b.little32(21);
            width = (bits & 0x3FFF) + 1;
            height = (bits >>> 14 & 0x3FFF) + 1;
        } else if (b.is(12, "VP8X")) {
            width = (b.little32(24) & 0xFFFFFF) + 1;
            height = (b.little32(26) >>> 8) + 1;
        } else {
            throw new RejectedImageException("WebP whose first chunk is \"" + b.text(12, 4) + "\"");
        }
        return new ImageHeader(Format.WEBP, width, height, Colours.RGB, 0, 0);
    }

    /** Unsigned reads of an array. A read past its end throws an ArrayIndexOutOfBoundsException. */
    @SuppressWarnings("ArrayRecordComponent") // a cursor, never compared
    private record Bytes(byte[] bytes) {
        int at(int index) {
            return bytes[index] & 0xFF;
        }

        int big16(int index) {
            return at(index) << 8 | at(index + 1);
        }

        int big32(int index) {
            return big16(index) << 16 | big16(index + 2);
        }

        int little16(int index) {
            return at(index) | at(index + 1) << 8;
        }

        int little32(int index) {
            return little16(index) | little16(index + 2) << 16;
        }

        boolean is(int index, String text) {
            for (int i = 0; i < text.length(); i++)
                if (index + i >= bytes.length || at(index + i) != text.charAt(i))
                    return false;
            return true;
        }

        String start() {
            return text(0, Math.min(16, bytes.length));
        }

        String text(int index, int length) {
            return new String(bytes, index, length, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", ".");
        }
    }
}
