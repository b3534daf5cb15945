package retort.file;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Exchanges the names of two folders in one step of the file system, so that each name always names a whole folder. Java has no such
 * operation. Linux has {@code renameat2} and macOS has {@code renamex_np}.
 */
final class Exchange {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Optional<MethodHandle> LINUX = find("renameat2", FunctionDescriptor.of(ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final Optional<MethodHandle> MAC = find("renamex_np", FunctionDescriptor.of(ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    /** AT_FDCWD of Linux. The paths are absolute, so it has no effect. */
    private static final int NO_FOLDER = -100;
    /** RENAME_EXCHANGE of Linux, and RENAME_SWAP of macOS. */
    private static final int EXCHANGE = 2;

    private Exchange() {
    }

    private static Optional<MethodHandle> find(String name, FunctionDescriptor form) {
        final SymbolLookup library = LINKER.defaultLookup();
        return library.find(name).map(function -> LINKER.downcallHandle(function, form));
    }

    /** @throws IOException if this system or this file system cannot exchange names; both folders are unchanged then */
    static void of(Path first, Path second) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            if (call(arena.allocateFrom(first.toAbsolutePath().toString()),
                    arena.allocateFrom(second.toAbsolutePath().toString())) != 0)
                throw new IOException("this system cannot exchange two folders in one step: remove " + second
                        + " first, or give a folder that does not exist");
        }
    }

    private static int call(MemorySegment first, MemorySegment second) {
        try {
            if (LINUX.isPresent())
                return (int) LINUX.get().invokeExact(NO_FOLDER, first, NO_FOLDER, second, EXCHANGE);
            return MAC.isPresent() ? (int) MAC.get().invokeExact(first, second, EXCHANGE) : -1;
        } catch (Throwable e) { // the C function throws no Java exception
            throw new IllegalStateException("exchange of two names: " + e, e);
        }
    }
}
