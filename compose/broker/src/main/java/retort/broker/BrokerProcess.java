package retort.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A broker in a JVM of its own, which tests pause, stop, kill and start again on the same directory and port. Its output is in the file
 * {@code DIRECTORY.log}. It ends with the JVM that has started it. The thread that starts it owns and closes it.
 */
public final class BrokerProcess implements AutoCloseable {
    private static final String READY = "ready";
    private static final int STOP_SECONDS = 60;

    private final Path directory;
    private final int port;
    private final Map<String, String> overrides;
    private @Nullable Process process;

    private BrokerProcess(Path directory, int port, Map<String, String> overrides) {
        this.directory = directory;
        this.port = port;
        this.overrides = Map.copyOf(overrides);
    }

    /**
     * Starts a broker on a free port. It accepts clients when this method returns.
     *
     * @param overrides as in {@link EmbeddedBroker#start(Path, int, Map)}
     */
    public static BrokerProcess start(Path directory, Map<String, String> overrides) {
        final BrokerProcess broker = new BrokerProcess(directory, freePort(), overrides);
        broker.start();
        return broker;
    }

    /** Starts a broker whose clients are sent to {@code link}. The broker does not use the link itself. */
    public static BrokerProcess behind(Link link, Path directory, Map<String, String> overrides) {
        final int own = freePort();
        final int controller = freePort();
        final Map<String, String> all = new HashMap<>(overrides);
        all.put("listeners",
                "PLAINTEXT://127.0.0.1:" + own + ",LINK://127.0.0.1:" + link.brokerPort() + ",CONTROLLER://127.0.0.1:"
                        + controller);
        all.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + own + ",LINK://" + link.address());
        all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,LINK:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("inter.broker.listener.name", "PLAINTEXT");
        all.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
        final BrokerProcess broker = new BrokerProcess(directory, own, all);
        broker.start();
        return broker;
    }

    /** The address for clients, as {@code host:port}, which does not lead through a link. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** The process of the present broker. {@link #start} makes another one. */
    public ProcessHandle process() {
        return running().toHandle();
    }

    /** Starts the broker again after {@link #stop} or {@link #kill}. */
    public void start() {
        try {
            final List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    BrokerProcess.class.getName(), directory.toString(), Integer.toString(port)));
            overrides.forEach((key, value) -> command.add(key + "=" + value));
            final Path log = directory.resolveSibling(directory.getFileName() + ".log");
            final Process started = new ProcessBuilder(command).redirectError(log.toFile()).start();
            process = started;
            for (String line = started.inputReader().readLine(); !READY.equals(line); line = started.inputReader().readLine())
                if (line == null)
                    throw new IllegalStateException("the broker on " + directory + " did not start: " + Files.readString(log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the process by SIGSTOP. Its connections stay open, and nobody answers. */
    public void pause() {
        signal("STOP");
    }

    /** Lets a paused process go on. */
    public void resume() {
        signal("CONT");
    }

    /** Ends the broker in order (SIGTERM) and waits for its end. */
    public void stop() {
        signal("TERM");
        awaitEnd();
    }

    /** Ends the broker at once (SIGKILL) and waits for its end. */
    public void kill() {
        running().destroyForcibly();
        awaitEnd();
    }

    @Override
    public void close() {
        kill();
    }

    private Process running() {
        if (process == null)
            throw new IllegalStateException("the broker was not started");
        return process;
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(running().pid())).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void awaitEnd() {
        try {
            if (!running().waitFor(STOP_SECONDS, TimeUnit.SECONDS))
                throw new IllegalStateException("the broker on " + directory + " has not ended after " + STOP_SECONDS + " s");
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the broker until its standard input ends or a signal comes. Arguments: directory, port, properties as KEY=VALUE. */
    public static void main(String[] arguments) throws Exception {
        final Map<String, String> overrides = new HashMap<>();
        for (final String pair : List.of(arguments).subList(2, arguments.length))
            overrides.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        final EmbeddedBroker broker = EmbeddedBroker.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]), overrides);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "retort-broker-stop"));
        System.out.println(READY);
        if (System.in.read() < 0)
            System.exit(0);
    }
}
