package retort.ingest.decode;

import java.util.zip.CRC32;

/**
 * Finds files that were cut or damaged in transfer and that decoders accept. A JPEG must reach its end marker. A PNG must reach IEND, and
 * every chunk that a decoder reads must match its CRC. A WebP must have the length that it states. Stateless.
 */
final class Completeness {
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454E44;

    private Completeness() {
    }

    static void require(byte[] bytes, ImageHeader header) throws RejectedImageException {
        switch (header.format()) {
            case JPEG -> requireEnd(bytes, header.scan());
            case PNG -> requireChunks(bytes);
            case WEBP -> requireLength(bytes);
            case GIF, BMP -> {
            }
        }
    }

    /** Searches for the end marker FF D9. It cannot occur inside coded data, because an FF is followed there by 00 or a restart marker. */
    private static void requireEnd(byte[] bytes, int scan) throws RejectedImageException {
        for (int i = bytes.length - 2; i > scan; i--)
            if (bytes[i] == (byte) 0xFF && bytes[i + 1] == (byte) 0xD9)
                return;
        throw new RejectedImageException("truncated JPEG: " + bytes.length + " bytes without an end marker");
    }

    /**
     * Requires the checksum of every chunk before the pixels and of every critical chunk. A damaged ancillary chunk after the first pixels
     * is accepted, as in libpng and Pillow.
     */
    private static void requireChunks(byte[] bytes) throws RejectedImageException {
        boolean pixels = false;
        int at = 8;
        while (at <= bytes.length - 12) {
            final int length = big32(bytes, at);
            final int type = big32(bytes, at + 4);
            if (length < 0 || length > bytes.length - 12 - at)
                break;
            final boolean critical = (type >>> 29 & 1) == 0;
            pixels |= type == IDAT;
            if ((critical || !pixels) && crc(bytes, at + 4, length + 4) != big32(bytes, at + 8 + length))
                throw new RejectedImageException("corrupt PNG: the chunk at byte " + at + " does not have its checksum");
            if (type == IEND && pixels)
                return;
            at += 12 + length;
        }
        throw new RejectedImageException(
                "truncated PNG: " + bytes.length + (pixels ? " bytes end before IEND" : " bytes hold no pixels"));
    }

    private static void requireLength(byte[] bytes) throws RejectedImageException {
        final long stated = 8 + (Integer.reverseBytes(big32(bytes, 4)) & 0xFFFFFFFFL);
        if (stated > bytes.length)
            throw new RejectedImageException("truncated WebP: %d of %d bytes".formatted(bytes.length, stated));
    }

    private static int crc(byte[] bytes, int at, int length) {
        final CRC32 crc = new CRC32();
        crc.update(bytes, at, length);
        return (int) crc.getValue();
    }

    private static int big32(byte[] b, int at) {
        return (b[at] & 0xFF) << 24 | (b[at + 1] & 0xFF) << 16 | (b[at + 2] & 0xFF) << 8 | b[at + 3] & 0xFF;
    }
}
