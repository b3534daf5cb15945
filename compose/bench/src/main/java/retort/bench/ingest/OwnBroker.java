package retort.bench.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import retort.broker.EmbeddedBroker;

/** A broker in this process, with its data in a temporary folder. {@link #close} deletes the folder. */
public record OwnBroker(Path directory, EmbeddedBroker broker) implements AutoCloseable {
    public static OwnBroker start() {
        try {
            final Path directory = Files.createTempDirectory("retort-bench-broker");
            return new OwnBroker(directory, EmbeddedBroker.start(directory));
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for the benchmark's broker: " + e.getMessage(), e);
        }
    }

    /** The address for clients, as {@code host:port}. */
    public String address() {
        return broker.bootstrapServers();
    }

    @Override
    public void close() {
        broker.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList())
                Files.delete(file);
        } catch (IOException e) {
            System.err.println("retort: " + directory + " could not be deleted: " + e.getMessage());
        }
    }
}
