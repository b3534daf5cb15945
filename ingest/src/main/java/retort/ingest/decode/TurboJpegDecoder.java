package retort.ingest.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import retort.ingest.budget.ByteBudget;

/** Decodes JPEGs with libjpeg-turbo. One thread uses it at a time. It owns a handle and native memory until it is closed. */
final class TurboJpegDecoder implements AutoCloseable {
    private final TurboJpeg library;
    private final boolean fast;
    private final MemorySegment handle;
    private final NativeBuffer input = new NativeBuffer();
    private final NativeBuffer output = new NativeBuffer();

    TurboJpegDecoder(TurboJpeg library, boolean fast) {
        this.library = library;
        this.fast = fast;
        this.handle = library.open();
    }

    /** Decodes an image, with parameters and a result as in {@link Decoder#decode}. */
    Decoded decode(byte[] bytes, ImageHeader header, Region region, int width, int height, ByteBudget.Permit permit)
            throws RejectedImageException {
        final TurboJpeg.Scale scale = scale(region, width, height);
        final Region wanted = scaled(region, scale, header);
        final int format = switch (header.colours()) {
            case GREY -> TurboJpeg.GREY;
            case YCC, RGB -> TurboJpeg.RGB;
            case CMYK, YCCK -> TurboJpeg.CMYK;
        };
        input.trim();
        output.trim();
        final MemorySegment jpeg = input.take(bytes.length);
        MemorySegment.copy(bytes, 0, jpeg, ValueLayout.JAVA_BYTE, 0, bytes.length);
        final Region reach = library.reach(handle, jpeg, header, scale, wanted);
        final TurboJpeg.Request request = new TurboJpeg.Request(scale, reach, format, fast);
        final MemorySegment pixels = output.take(request.bytes());
        library.decode(handle, jpeg, header, request, pixels);
        final Region box = new Region(wanted.left() - reach.left(), wanted.top() - reach.top(), wanted.width(),
                wanted.height());
        return new Decoded(rows(pixels, reach, format), box, permit);
    }

    private static PixelRows rows(MemorySegment pixels, Region reach, int format) {
        if (format != TurboJpeg.CMYK)
            return new NativeRows(pixels, reach.width(), reach.height(), format == TurboJpeg.RGB ? 3 : 1);
        final NativeRows quads = new NativeRows(pixels, reach.width(), reach.height(), 4);
        return new ConvertedRows((y, x, count, into) -> quads.copy(y, x, count, into, 0), 4, Conversion.cmyk(), reach.width(),
                reach.height(), 3);
    }

    /** The smallest scale at which the region is no smaller than the size to which it will be resized. */
    private TurboJpeg.Scale scale(Region region, int width, int height) {
        int divisor = 1;
        while (fast && divisor < 8 && region.width() >= width * divisor * 2 && region.height() >= height * divisor * 2)
            divisor *= 2;
        return new TurboJpeg.Scale(divisor);
    }

    private static Region scaled(Region region, TurboJpeg.Scale scale, ImageHeader header) {
        if (scale.divisor() == 1)
            return region;
        final int left = region.left() / scale.divisor();
        final int top = region.top() / scale.divisor();
        return new Region(left, top,
                Math.min(scale.of(region.width()), scale.of(header.width()) - left),
                Math.min(scale.of(region.height()), scale.of(header.height()) - top));
    }

    @Override
    public void close() {
        library.close(handle);
        input.close();
        output.close();
    }
}
