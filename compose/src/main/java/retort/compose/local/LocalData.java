package retort.compose.local;

import java.nio.file.Files;
import java.nio.file.Path;
import retort.broker.EmbeddedBroker;
import retort.settings.SettingException;

/** The folder of a local run. Its broker runs until {@link #close}. One thread opens and closes it. */
public final class LocalData implements AutoCloseable {
    private final EmbeddedBroker broker;

    private LocalData(EmbeddedBroker broker) {
        this.broker = broker;
    }

    /**
     * Starts the broker of a folder that {@code local} or {@code study} has written. The broker listens on a free port.
     *
     * @throws SettingException if the folder holds no data of a broker
     * @throws retort.broker.DirectoryInUseException if a broker already runs on the folder
     */
    public static LocalData open(Path directory) {
        final Path kafka = directory.toAbsolutePath().normalize().resolve("kafka");
        if (!Files.exists(kafka.resolve("meta.properties")))
            throw new SettingException("--data " + directory + " is no folder of a local run or a study: it has no"
                    + " kafka/meta.properties; give the folder that 'retort local --data' (.retort by default) or"
                    + " 'retort study --data' (.retort-study by default) was given");
        return new LocalData(EmbeddedBroker.start(kafka));
    }

    /** The address of the broker for clients, as {@code host:port}. */
    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    @Override
    public void close() {
        broker.close();
    }
}
