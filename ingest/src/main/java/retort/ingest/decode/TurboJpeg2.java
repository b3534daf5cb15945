package retort.ingest.decode;

import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * TurboJPEG 1.4 to 2.1. It decodes whole rows from the first row on. If a JPEG holds its rows in order, the rows below the wanted part are
 * left out: the height in the decoder's copy of the file is reduced, so that the library decodes no further.
 */
final class TurboJpeg2 extends TurboJpeg {
    /** Rows below the wanted part that smooth upsampling of chroma looks at. */
    private static final int CONTEXT = 2;
    private static final int BLOCK = 16;
    /** The height is unaligned, because the decoder's copy of a file has the same bytes as the file. */
    private static final ValueLayout.OfShort HEIGHT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int FAST_UPSAMPLE = 256;
    private static final int FAST_DCT = 2048;
    private static final int ACCURATE_DCT = 4096;
    private static final int WARNING = 0;
    /** C's unsigned long: 64 bits, but 32 on Windows. */
    private static final MemoryLayout LONG = Objects
            .requireNonNull(Linker.nativeLinker().canonicalLayouts().get("long"));
    private static final boolean SHORT_LONG = LONG.byteSize() == 4;

    private final MethodHandle init;
    private final MethodHandle destroy;
    private final MethodHandle decompress;
    private final MethodHandle errorCode;
    private final MethodHandle errorText;

    TurboJpeg2(SymbolLookup lookup) {
        init = function(lookup, "tjInitDecompress", POINTER);
        destroy = function(lookup, "tjDestroy", INT, POINTER);
        final MethodHandle exact = function(lookup, "tjDecompress2", INT, POINTER, POINTER, LONG, POINTER, INT, INT, INT, INT,
                INT);
        decompress = SHORT_LONG
                ? MethodHandles.explicitCastArguments(exact, exact.type().changeParameterType(2, long.class))
                : exact;
        errorCode = function(lookup, "tjGetErrorCode", INT, POINTER);
        errorText = function(lookup, "tjGetErrorStr2", POINTER, POINTER);
    }

    @Override
    MemorySegment open() {
        final MemorySegment handle;
        try {
            handle = (MemorySegment) init.invokeExact();
        } catch (Throwable e) {
            throw broken(e);
        }
        return opened(handle);
    }

    @Override
    void close(MemorySegment handle) {
        try {
            final int ignored = (int) destroy.invokeExact(handle);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    @Override
    Region reach(MemorySegment handle, MemorySegment jpeg, ImageHeader image, Scale scale, Region wanted) {
        final Region whole = scale.whole(image);
        if (image.heightAt() == 0)
            return whole;
        final int rows = scale.of(Math.ceilDiv((wanted.bottom() + CONTEXT) * scale.divisor(), BLOCK) * BLOCK);
        return new Region(0, 0, whole.width(), Math.min(rows, whole.height()));
    }

    @Override
    void decode(MemorySegment handle, MemorySegment jpeg, ImageHeader image, Request request, MemorySegment out)
            throws RejectedImageException {
        final int flags = request.fast() ? FAST_UPSAMPLE | FAST_DCT : ACCURATE_DCT;
        if (image.heightAt() > 0) {
            final int rows = request.region().height() * request.scale().divisor();
            jpeg.set(HEIGHT, image.heightAt(), (short) Math.min(rows, image.height()));
        }
        final int failed;
        try {
            final int status = (int) decompress.invokeExact(handle, jpeg, jpeg.byteSize(), out, request.region().width(),
                    request.pitch(), request.region().height(), request.format(), flags);
            failed = status == 0 ? WARNING : (int) errorCode.invokeExact(handle);
        } catch (Throwable e) {
            throw broken(e);
        }
        if (failed != WARNING)
            throw rejected(errorText, handle);
    }
}
