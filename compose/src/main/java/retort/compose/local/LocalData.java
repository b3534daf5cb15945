package retort.compose.local;

import java.nio.file.Files;
import java.nio.file.Path;
import retort.broker.EmbeddedBroker;
import retort.settings.SettingException;

/** The folder of a local run, with its broker running until {@link #close}. Opened and closed on one thread. */
public final class LocalData implements AutoCloseable {
    private final EmbeddedBroker broker;

    private LocalData(EmbeddedBroker broker) {
        this.broker = broker;
    }

    /**
     * Starts the broker of a folder that {@code local} has written, on a free port.
     *
     * @throws SettingException when the folder has no broker's data
     * @throws retort.broker.DirectoryInUseException when a broker runs on it already
     */
    public static LocalData open(Path directory) {
        final Path kafka = directory.toAbsolutePath().normalize().resolve("kafka");
        if (!Files.exists(kafka.resolve("meta.properties")))
            throw new SettingException(
                    "--data " + directory + " is no folder of a local run: it has no kafka/meta.properties; give the"
                            + " folder that 'retort local --data' was given (.retort by default)");
        return new LocalData(EmbeddedBroker.start(kafka));
    }

    /** host:port for clients. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    @Override
    public void close() {
        broker.close();
    }
}
