package retort.ingest.decode;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** TurboJPEG 3. It decodes only the rows, and the columns of blocks, that a region needs. */
final class TurboJpeg3 extends TurboJpeg {
    private static final int DECOMPRESS = 1;
    private static final int SUBSAMPLING = 4;
    private static final int FAST_UPSAMPLE = 9;
    private static final int FAST_DCT = 10;
    private static final int UNKNOWN_SUBSAMPLING = -1;
    private static final int WARNING = 0;
    /** The widest block of pixels that is coded together (4:1:1); every narrower one divides it. */
    private static final int WIDEST_BLOCK = 32;
    private static final MemoryLayout SIZE = ValueLayout.JAVA_LONG;
    private static final MemoryLayout FRACTION = MemoryLayout.structLayout(INT, INT);
    private static final MemoryLayout REGION = MemoryLayout.structLayout(INT, INT, INT, INT);

    private final MethodHandle init;
    private final MethodHandle destroy;
    private final MethodHandle header;
    private final MethodHandle get;
    private final MethodHandle set;
    private final MethodHandle setScale;
    private final MethodHandle setRegion;
    private final MethodHandle decompress;
    private final MethodHandle errorCode;
    private final MethodHandle errorText;

    TurboJpeg3(SymbolLookup lookup) {
        init = function(lookup, "tj3Init", POINTER, INT);
        destroy = procedure(lookup, "tj3Destroy", POINTER);
        header = function(lookup, "tj3DecompressHeader", INT, POINTER, POINTER, SIZE);
        get = function(lookup, "tj3Get", INT, POINTER, INT);
        set = function(lookup, "tj3Set", INT, POINTER, INT, INT);
        setScale = function(lookup, "tj3SetScalingFactor", INT, POINTER, FRACTION);
        setRegion = function(lookup, "tj3SetCroppingRegion", INT, POINTER, REGION);
        decompress = function(lookup, "tj3Decompress8", INT, POINTER, POINTER, SIZE, POINTER, INT, INT);
        errorCode = function(lookup, "tj3GetErrorCode", INT, POINTER);
        errorText = function(lookup, "tj3GetErrorStr", POINTER, POINTER);
    }

    @Override
    MemorySegment open() {
        final MemorySegment handle;
        try {
            handle = (MemorySegment) init.invokeExact(DECOMPRESS);
        } catch (Throwable e) {
            throw broken(e);
        }
        return opened(handle);
    }

    @Override
    void close(MemorySegment handle) {
        try {
            destroy.invokeExact(handle);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /**
     * Adds one block on either side of the wanted part. Smooth upsampling of chroma reads the neighbouring block. Without that block it
     * would take the edge of the part instead.
     */
    @Override
    Region reach(MemorySegment handle, MemorySegment jpeg, ImageHeader image, Scale scale, Region wanted)
            throws RejectedImageException {
        final int subsampling;
        final int status;
        try {
            status = (int) header.invokeExact(handle, jpeg, jpeg.byteSize());
            subsampling = (int) get.invokeExact(handle, SUBSAMPLING);
        } catch (Throwable e) {
            throw broken(e);
        }
        requireDone(handle, status);
        if (subsampling == UNKNOWN_SUBSAMPLING)
            return scale.whole(image);
        final int block = WIDEST_BLOCK / scale.divisor();
        final int left = Math.max(0, (wanted.left() / block - 1) * block);
        final int right = Math.min(scale.of(image.width()), wanted.right() + block);
        return new Region(left, wanted.top(), right - left, wanted.height());
    }

    @Override
    void decode(MemorySegment handle, MemorySegment jpeg, ImageHeader image, Request request, MemorySegment out)
            throws RejectedImageException {
        final boolean whole = request.region().equals(request.scale().whole(image));
        final int status;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment scale = arena.allocateFrom(INT, 1, request.scale().divisor());
            final Region r = request.region();
            final MemorySegment region = whole
                    ? arena.allocateFrom(INT, 0, 0, 0, 0)
                    : arena.allocateFrom(INT, r.left(), r.top(), r.width(), r.height());
            requireDone(handle, (int) set.invokeExact(handle, FAST_UPSAMPLE, request.fast() ? 1 : 0));
            requireDone(handle, (int) set.invokeExact(handle, FAST_DCT, request.fast() ? 1 : 0));
            requireDone(handle, (int) setScale.invokeExact(handle, scale));
            requireDone(handle, (int) setRegion.invokeExact(handle, region));
            status = (int) decompress.invokeExact(handle, jpeg, jpeg.byteSize(), out, request.pitch(), request.format());
        } catch (RejectedImageException e) {
            throw e;
        } catch (Throwable e) {
            throw broken(e);
        }
        requireDone(handle, status);
    }

    private void requireDone(MemorySegment handle, int status) throws RejectedImageException {
        final int error;
        try {
            error = status == 0 ? WARNING : (int) errorCode.invokeExact(handle);
        } catch (Throwable e) {
            throw broken(e);
        }
        if (error != WARNING)
            throw rejected(errorText, handle);
    }
}
