package retort.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One embedded broker for all tests of a JVM, started by the first call and ended with the JVM. Its data lies in a new directory under
 * {@code target}. Every test takes a prefix of its own, so that no test sees the topics of another. Any thread.
 */
public final class SharedBroker {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private static final class Holder {
        static final EmbeddedBroker BROKER = EmbeddedBroker.start(directory());
    }

    private SharedBroker() {
    }

    /** host:port for clients. */
    public static String bootstrapServers() {
        return Holder.BROKER.bootstrapServers();
    }

    /** A prefix for names of topics that no other call returns. */
    public static String freshPrefix() {
        return "t" + PREFIXES.incrementAndGet() + ".";
    }

    private static Path directory() {
        try {
            final Path target = Path.of("target").toAbsolutePath();
            Files.createDirectories(target);
            return Files.createTempDirectory(target, "broker");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
