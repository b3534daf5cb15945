package retort.ingest.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import retort.ingest.budget.ByteBudget;

/** Decodes WebP images with libwebp. One thread uses it at a time. It owns native memory until it is closed. */
final class WebpDecoder implements AutoCloseable {
    private final LibWebp library;
    private final NativeBuffer input = new NativeBuffer();
    private final NativeBuffer output = new NativeBuffer();

    WebpDecoder(LibWebp library) {
        this.library = library;
    }

    /**
     * The bytes that this decoder takes for {@code image}: a still image whole, an animation's first frame.
     *
     * @return empty if {@link ImageIoDecoder} has to decode it
     */
    static Optional<byte[]> taken(byte[] image, ImageHeader header) {
        if (header.format() != ImageHeader.Format.WEBP)
            return Optional.empty();
        return WebpFrame.isAnimated(image) ? WebpFrame.first(image, header) : Optional.of(image);
    }

    Decoded decode(byte[] bytes, ImageHeader header, Region region, ByteBudget.Permit permit) throws RejectedImageException {
        input.trim();
        output.trim();
        final MemorySegment webp = input.take(bytes.length);
        MemorySegment.copy(bytes, 0, webp, ValueLayout.JAVA_BYTE, 0, bytes.length);
        final int stride = Math.multiplyExact(header.width(), 3);
        final MemorySegment pixels = output.take((long) stride * header.height());
        if (!library.decode(webp, pixels, stride))
            throw new RejectedImageException("corrupt WebP: libwebp cannot decode it");
        return new Decoded(new NativeRows(pixels, header.width(), header.height(), 3), region, permit);
    }

    @Override
    public void close() {
        input.close();
        output.close();
    }
}
