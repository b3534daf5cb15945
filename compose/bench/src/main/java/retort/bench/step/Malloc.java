package retort.bench.step;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import retort.bench.BenchException;

/** The memory allocator of all contestants of a round: the system's allocator, or jemalloc with settings that keep freed pages. */
enum Malloc {
    SYSTEM, JEMALLOC;

    private static final List<String> PLACES = List.of("/usr/lib/x86_64-linux-gnu/libjemalloc.so.2",
            "/usr/lib/aarch64-linux-gnu/libjemalloc.so.2", "/usr/lib64/libjemalloc.so.2", "/usr/lib/libjemalloc.so.2",
            "/usr/local/lib/libjemalloc.so.2", "/opt/homebrew/lib/libjemalloc.2.dylib");

    String title() {
        return this == SYSTEM ? "system malloc" : "jemalloc, decay off";
    }

    static Optional<Path> jemalloc() {
        return PLACES.stream().map(Path::of).filter(Files::exists).findFirst();
    }

    /** Sets the variables that make a process use this allocator. @throws BenchException if jemalloc is not installed */
    void prepare(Map<String, String> environment) {
        environment.remove("LD_PRELOAD");
        if (this == SYSTEM)
            return;
        final Path library = jemalloc().orElseThrow(() -> new BenchException("jemalloc is not in " + PLACES
                + ": install it (Debian: apt-get install libjemalloc2), or leave it out with --malloc system"));
        environment.put(library.toString().endsWith(".dylib") ? "DYLD_INSERT_LIBRARIES" : "LD_PRELOAD", library.toString());
        environment.put("MALLOC_CONF", "dirty_decay_ms:-1,muzzy_decay_ms:-1");
    }
}
