package retort.ingest.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import retort.ingest.budget.ByteBudget;

/** Decodes WebP images with libwebp. One thread uses it at a time. It owns native memory until it is closed. */
final class WebpDecoder implements AutoCloseable {
    private static final int FLAGS_AT = 20;
    private static final int ANIMATED = 2;

    private final LibWebp library;
    private final NativeBuffer input = new NativeBuffer();
    private final NativeBuffer output = new NativeBuffer();

    WebpDecoder(LibWebp library) {
        this.library = library;
    }

    /** True if this decoder takes the image. Animations are left to {@link ImageIoDecoder}, which takes their first frame. */
    static boolean takes(byte[] bytes, ImageHeader header) {
        final boolean extended = bytes[15] == 'X';
        return header.format() == ImageHeader.Format.WEBP && !(extended && (bytes[FLAGS_AT] & ANIMATED) != 0);
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
