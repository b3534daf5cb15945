package retort.ingest.decode;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * libjpeg-turbo's TurboJPEG API, as far as decoding needs it. The library is found once and never unloaded, because it belongs to the
 * process. Any thread may call the functions, but each handle belongs to one thread at a time. The caller that opens a handle closes it.
 */
abstract sealed class TurboJpeg permits TurboJpeg2, TurboJpeg3 {
    /** TurboJPEG's numbers of pixel formats. */
    static final int RGB = 0;
    static final int GREY = 6;
    static final int CMYK = 11;

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final MemoryLayout POINTER = ValueLayout.ADDRESS;

    private static final String[] NAMES = switch (System.getProperty("os.name", "").toLowerCase(Locale.ROOT)) {
        case String os when os.startsWith("mac") -> new String[]{"libturbojpeg.dylib", "libturbojpeg.0.dylib",
                "/opt/homebrew/lib/libturbojpeg.dylib", "/usr/local/lib/libturbojpeg.dylib"};
        case String os when os.startsWith("win") -> new String[]{"turbojpeg.dll", "libturbojpeg.dll"};
        default -> new String[]{"libturbojpeg.so.0", "libturbojpeg.so"};
    };

    /** The parameters of one decoding. */
    record Request(Scale scale, Region region, int format, boolean fast) {
        int bytesPerPixel() {
            return format == RGB ? 3 : format == GREY ? 1 : 4;
        }

        int pitch() {
            return region.width() * bytesPerPixel();
        }

        long bytes() {
            return (long) pitch() * region.height();
        }
    }

    /** A reduced size, 1/{@code divisor} of each side, rounded up as libjpeg does. */
    record Scale(int divisor) {
        int of(int length) {
            return Math.ceilDiv(length, divisor);
        }

        Region whole(ImageHeader image) {
            return new Region(0, 0, of(image.width()), of(image.height()));
        }
    }

    private static final class Found {
        static final Optional<TurboJpeg> LIBRARY = load(System.getProperty("retort.turbojpeg", ""));
    }

    /** Returns the machine's library, or empty if there is none. {@code -Dretort.turbojpeg=PATH} names another library. */
    static Optional<TurboJpeg> find() {
        return Found.LIBRARY;
    }

    /** @param path path of the library; if empty, the places where the machine keeps libraries are searched */
    static Optional<TurboJpeg> load(String path) {
        for (final String name : path.isEmpty() ? List.of(NAMES) : List.of(path)) {
            try {
                final SymbolLookup lookup = SymbolLookup.libraryLookup(name, Arena.global());
                if (lookup.find("tj3Init").isPresent())
                    return Optional.of(new TurboJpeg3(lookup));
                if (lookup.find("tjDecompress2").isPresent())
                    return Optional.of(new TurboJpeg2(lookup));
            } catch (IllegalArgumentException absent) {
                // try the next name
            }
        }
        return Optional.empty();
    }

    /**
     * Opens a new handle.
     *
     * @throws IllegalStateException if the library has no memory for one
     */
    abstract MemorySegment open();

    abstract void close(MemorySegment handle);

    /**
     * Returns the region that must be decoded so that {@code wanted} comes out exactly, in pixels of the scaled image. It is the whole
     * image, or a part of it if the library can decode a part.
     *
     * @throws RejectedImageException if the header cannot be decoded
     */
    abstract Region reach(MemorySegment handle, MemorySegment jpeg, ImageHeader image, Scale scale, Region wanted)
            throws RejectedImageException;

    /**
     * Decodes into {@code out}. Damage that libjpeg works around (a warning) is no error, as in Pillow.
     *
     * @param jpeg a copy of the whole file, which the method may change
     * @throws RejectedImageException if the image cannot be decoded
     */
    abstract void decode(MemorySegment handle, MemorySegment jpeg, ImageHeader image, Request request, MemorySegment out)
            throws RejectedImageException;

    static MethodHandle function(SymbolLookup lookup, String name, MemoryLayout result, MemoryLayout... parameters) {
        return Linker.nativeLinker().downcallHandle(lookup.findOrThrow(name), FunctionDescriptor.of(result, parameters));
    }

    static MethodHandle procedure(SymbolLookup lookup, String name, MemoryLayout... parameters) {
        return Linker.nativeLinker().downcallHandle(lookup.findOrThrow(name), FunctionDescriptor.ofVoid(parameters));
    }

    static MemorySegment opened(MemorySegment handle) {
        if (handle.equals(MemorySegment.NULL))
            throw new IllegalStateException("libturbojpeg gave no decoder: out of memory");
        return handle;
    }

    static RejectedImageException rejected(MethodHandle errorText, MemorySegment handle) {
        try {
            final MemorySegment text = (MemorySegment) errorText.invokeExact(handle);
            return new RejectedImageException("corrupt JPEG: " + text.reinterpret(1024).getString(0));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Wraps an exception of a downcall. The C functions throw none, so the exception is an error of this program. */
    static IllegalStateException broken(Throwable e) {
        return new IllegalStateException("libturbojpeg: " + e, e);
    }
}
