package retort.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.metadata.storage.FormatterException;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A real Kafka broker (KRaft, broker and controller in one) in this JVM, on the loopback interface. Its data in the directory survives
 * {@link #close} and {@code kill -9}, so that another broker on the same directory goes on. The thread that starts it owns and closes it.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String META = "meta.properties";

    private final KafkaRaftServer server;
    private final int port;
    private final Path directory;
    private final int controllerPort;

    private EmbeddedBroker(KafkaRaftServer server, int port, Path directory, int controllerPort) {
        this.server = server;
        this.port = port;
        this.directory = directory;
        this.controllerPort = controllerPort;
    }

    /** Starts a broker on free ports. It accepts clients when this method returns. */
    public static EmbeddedBroker start(Path directory) {
        return start(directory, 0);
    }

    /** @param port a port of 127.0.0.1; 0 selects a free port. @throws PortInUseException if another program listens on it */
    public static EmbeddedBroker start(Path directory, int port) {
        return start(directory, port, Map.of());
    }

    /**
     * @param overrides broker properties that replace this class's own, such as {@code message.max.bytes}
     * @throws PortInUseException if another program listens on {@code port}
     * @throws DirectoryInUseException if another broker, of this JVM or of another, runs on {@code directory}
     */
    public static EmbeddedBroker start(Path directory, int port, Map<String, String> overrides) {
        final int clientPort = reserve(port);
        final int controllerPort = reserve(0);
        final Map<String, String> properties = new HashMap<>(properties(directory, clientPort, controllerPort));
        properties.putAll(overrides);
        return start(directory, clientPort, controllerPort, properties, 1, Uuid.randomUuid().toString());
    }

    /**
     * Starts a further broker of {@code first}'s cluster, without a controller of its own.
     *
     * @param id number of the broker in its cluster, which no other has; {@code first} has 1
     */
    public static EmbeddedBroker startBeside(EmbeddedBroker first, Path directory, int id) {
        return startBeside(first, directory, id, Map.of());
    }

    /** @param overrides as in {@link #start(Path, int, Map)} */
    public static EmbeddedBroker startBeside(EmbeddedBroker first, Path directory, int id, Map<String, String> overrides) {
        final int clientPort = reserve(0);
        final Map<String, String> properties = new HashMap<>(properties(directory, clientPort, first.controllerPort));
        properties.putAll(overrides);
        properties.putAll(Map.of("process.roles", "broker", "node.id", Integer.toString(id), "listeners",
                "PLAINTEXT://127.0.0.1:" + clientPort));
        return start(directory, clientPort, first.controllerPort, properties, id, first.cluster());
    }

    private static EmbeddedBroker start(Path directory, int port, int controllerPort, Map<String, String> properties, int id,
            String newCluster) {
        try {
            requireUnlocked(directory);
            format(directory, id, newCluster);
            final KafkaRaftServer server = serve(new KafkaRaftServer(new KafkaConfig(properties), Time.SYSTEM));
            return new EmbeddedBroker(server, port, directory, controllerPort);
        } catch (IOException e) {
            throw new UncheckedIOException("the broker's data in " + directory + " cannot be used: " + e.getMessage(), e);
        }
    }

    private String cluster() {
        final Properties written = new Properties();
        try (InputStream in = Files.newInputStream(directory.resolve(META))) {
            written.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return written.getProperty("cluster.id");
    }

    /** Shuts a server down again if its start fails, because its threads would keep the JVM alive and its locks the directory. */
    private static KafkaRaftServer serve(KafkaRaftServer server) {
        try {
            server.startup();
            return server;
        } catch (RuntimeException e) {
            server.shutdown();
            server.awaitShutdown();
            throw e;
        }
    }

    /** Kafka locks the file {@code .lock} of its data while it runs. This check gives a clearer error than Kafka's own. */
    private static void requireUnlocked(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (FileChannel channel = FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE); FileLock lock = channel.tryLock()) {
            if (lock == null)
                throw new DirectoryInUseException(directory, null);
        } catch (OverlappingFileLockException e) {
            throw new DirectoryInUseException(directory, e);
        }
    }

    /** The address for clients, as {@code host:port}. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Flushes the log, releases the directory and releases the ports. Returns when the broker has ended. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static Map<String, String> properties(Path directory, int port, int controllerPort) {
        return Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
                Map.entry("log.dirs", directory.toString()),
                Map.entry("auto.create.topics.enable", "false"),
                Map.entry("num.partitions", "1"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("transaction.state.log.num.partitions", "4"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                // Small buffers and few threads, because the broker shares the JVM and has few topics.
                Map.entry("log.cleaner.dedupe.buffer.size", "4194304"),
                Map.entry("num.network.threads", "2"),
                Map.entry("num.io.threads", "2"),
                Map.entry("num.recovery.threads.per.data.dir", "1"),
                Map.entry("log.retention.check.interval.ms", "5000"));
    }

    private static void format(Path directory, int id, String cluster) throws IOException {
        if (Files.exists(directory.resolve(META)))
            return;
        try (PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), false)) {
            new Formatter().setPrintStream(quiet).setNodeId(id).setClusterId(cluster)
                    .addDirectory(directory.toString()).setMetadataLogDirectory(directory.toString())
                    .setControllerListenerName("CONTROLLER").setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                    .setSupportedFeatures(Feature.PRODUCTION_FEATURES).run();
        } catch (FormatterException e) {
            throw new IOException(e.getMessage(), e);
        } catch (Exception e) {
            throw new IOException("formatting failed", e);
        }
    }

    /** Finds a free port, or checks that {@code port} is free. @throws PortInUseException if it is not */
    private static int reserve(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new PortInUseException(port, e);
        }
    }
}
