package retort.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import retort.broker.EmbeddedBroker;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;

/** One real broker for all tests of this JVM; every test takes a prefix of its own. */
public final class TestBroker {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private static final class Holder {
        static final EmbeddedBroker BROKER = EmbeddedBroker.start(directory());
    }

    private TestBroker() {
    }

    public static KafkaSettings kafka() {
        return KafkaSettings.of(Holder.BROKER.bootstrapServers());
    }

    public static Topics topics() {
        return new Topics("t" + PREFIXES.incrementAndGet() + ".");
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory(Path.of("target"), "broker").toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
