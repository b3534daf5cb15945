package retort.ingest;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import retort.broker.EmbeddedBroker;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;
import retort.settings.Settings;

/** One real broker for all tests of this JVM; every test takes a prefix of its own, so that none sees another's topics. */
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

    /** The defaults, with this broker, under {@code KEY=VALUE} pairs. */
    public static Config settings(List<String> pairs) {
        final Map<String, Object> given = new HashMap<>(Map.of("kafka.bootstrap.servers", kafka().bootstrapServers()));
        for (final String pair : pairs) {
            final String key = pair.substring(0, pair.indexOf('='));
            given.put(key, ConfigFactory.parseString("v=" + quoted(pair.substring(key.length() + 1))).getAnyRef("v"));
        }
        return Settings.over(ConfigFactory.parseMap(given));
    }

    private static String quoted(String value) {
        return value.startsWith("[") || value.startsWith("\"") ? value : "\"" + value + "\"";
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory(Path.of("target"), "broker").toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
