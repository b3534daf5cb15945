package retort.ingest.decode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The first frame of an animated WebP as a file of its own, because libwebp's simple decoder takes no animations. Only a lossy frame
 * without alpha that fills the canvas is taken: libwebp's own animation decoder, which Pillow 13.0 calls, then gives the frame's pixels.
 * Stateless; any thread.
 */
final class WebpFrame {
    private static final int FLAGS_AT = 20;
    private static final int ANIMATED = 2;
    private static final int FIRST_CHUNK = 12;
    private static final int CHUNK_HEADER = 8;
    /** Bytes of a frame's header: place, size, duration, flags. */
    private static final int FRAME_HEADER = 16;
    private static final int ANMF = fourCharacters("ANMF");
    private static final int VP8 = fourCharacters("VP8 ");

    private WebpFrame() {
    }

    static boolean isAnimated(byte[] webp) {
        return webp[15] == 'X' && (webp[FLAGS_AT] & ANIMATED) != 0;
    }

    /**
     * @param webp an animated WebP
     * @return empty if the first frame is of another kind, or is cut
     */
    static Optional<byte[]> first(byte[] webp, ImageHeader header) {
        final ByteBuffer file = ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int at = FIRST_CHUNK;
            while (file.getInt(at) != ANMF)
                at = next(file, at);
            final int frame = at + CHUNK_HEADER;
            final int image = frame + FRAME_HEADER;
            final boolean fills = little24(file, frame) == 0 && little24(file, frame + 3) == 0
                    && little24(file, frame + 6) + 1 == header.width() && little24(file, frame + 9) + 1 == header.height();
            if (!fills || file.getInt(image) != VP8)
                return Optional.empty();
            final int length = next(file, image) - image;
            return Optional.of(ByteBuffer.allocate(FIRST_CHUNK + length).order(ByteOrder.LITTLE_ENDIAN)
                    .put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(4 + length)
                    .put("WEBP".getBytes(StandardCharsets.US_ASCII)).put(webp, image, length).array());
        } catch (IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** The place after the chunk at {@code at}, which is padded to an even size. */
    private static int next(ByteBuffer file, int at) {
        final int size = file.getInt(at + 4);
        if (size < 0 || size > file.limit() - at - CHUNK_HEADER)
            throw new IndexOutOfBoundsException(size);
        return at + CHUNK_HEADER + size + (size & 1);
    }

    private static int little24(ByteBuffer file, int at) {
        return file.getShort(at) & 0xFFFF | (file.get(at + 2) & 0xFF) << 16;
    }

    private static int fourCharacters(String name) {
        return ByteBuffer.wrap(name.getBytes(StandardCharsets.US_ASCII)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }
}
