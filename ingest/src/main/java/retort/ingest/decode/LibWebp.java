package retort.ingest.decode;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * Google's decoder of WebP, which Pillow uses too. Its pixels are those of the reference, and none of them are on the heap. The library is
 * found once and never unloaded. Its one function may be called from any thread.
 */
final class LibWebp {
    private static final List<String> NAMES = List.of("libwebp.so.7", "libwebp.so", "libwebp.7.dylib",
            "/opt/homebrew/lib/libwebp.dylib", "/usr/local/lib/libwebp.dylib", "libwebp.dll");
    private static final Optional<LibWebp> FOUND = load();

    private final MethodHandle decode;

    private LibWebp(MethodHandle decode) {
        this.decode = decode;
    }

    static Optional<LibWebp> find() {
        return FOUND;
    }

    /**
     * Decodes the whole image to RGB. Alpha is dropped.
     *
     * @param pixels receives the rows, {@code stride} bytes each
     * @return false if the image is damaged or animated
     */
    boolean decode(MemorySegment webp, MemorySegment pixels, int stride) {
        try {
            final MemorySegment done = (MemorySegment) decode.invokeExact(webp, webp.byteSize(), pixels, pixels.byteSize(),
                    stride);
            return !done.equals(MemorySegment.NULL);
        } catch (Throwable e) { // the C function throws no Java exception
            throw new IllegalStateException("libwebp: " + e, e);
        }
    }

    private static Optional<LibWebp> load() {
        for (final String name : NAMES)
            try {
                final SymbolLookup library = SymbolLookup.libraryLookup(name, Arena.global());
                return library.find("WebPDecodeRGBInto")
                        .map(function -> new LibWebp(Linker.nativeLinker().downcallHandle(function,
                                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
                                        ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT))));
            } catch (IllegalArgumentException absent) {
                // try the next name
            }
        return Optional.empty();
    }
}
