package retort.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One embedded broker for all tests of a JVM. The first call starts it, and it ends with the JVM. Its data is in a new directory below
 * {@code target}. Every test uses a prefix of its own, so that no test sees the topics of another. Any thread may call its methods.
 */
public final class SharedBroker {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private static final class Holder {
        static final EmbeddedBroker BROKER = EmbeddedBroker.start(directory());
    }

    private SharedBroker() {
    }

    /** The address for clients, as {@code host:port}. */
    public static String bootstrapServers() {
        return Holder.BROKER.bootstrapServers();
    }

    /** A prefix for topic names. Every call returns a different prefix. */
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
