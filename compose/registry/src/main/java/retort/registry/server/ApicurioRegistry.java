package retort.registry.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Apicurio Registry 3.3.3, with its data in memory, as a process. Its archive of 159 MB is no dependency of the build. It is fetched once by
 * {@value #FETCH}.
 */
public final class ApicurioRegistry implements RegistryServer {
    public static final String FETCH = "mvn dependency:get -Dtransitive=false"
            + " -Dartifact=io.apicurio:apicurio-registry-app:3.3.3:tar.gz:all";
    private static final String ARCHIVE = "io/apicurio/apicurio-registry-app/3.3.3/apicurio-registry-app-3.3.3-all.tar.gz";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Process process;
    private final String url;

    private ApicurioRegistry(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /** The archive in Maven's local repository; empty if it was not fetched. */
    public static Optional<Path> archive() {
        return Optional.of(Path.of(System.getProperty("retort.repository", System.getProperty("user.home") + "/.m2/repository"))
                .resolve(ARCHIVE)).filter(Files::isReadable);
    }

    /**
     * Unpacks the archive and starts it. Blocks until it answers.
     *
     * @param folder an empty folder for the unpacked archive and the log
     */
    public static ApicurioRegistry start(Path folder) throws IOException, InterruptedException {
        final Path archive = archive().orElseThrow(() -> new IllegalStateException("no archive of Apicurio Registry: " + FETCH));
        final Process unpacking = new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", folder.toString()).inheritIO()
                .start();
        if (unpacking.waitFor() != 0)
            throw new IllegalStateException(archive + " cannot be unpacked");
        final int port = freePort();
        final Process process = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dquarkus.http.host=127.0.0.1", "-Dquarkus.http.port=" + port,
                "-Dquarkus.management.host=127.0.0.1", "-Dquarkus.management.port=" + freePort(), "-jar",
                folder.resolve("quarkus-run.jar").toString())).redirectErrorStream(true)
                .redirectOutput(folder.resolve("registry.log").toFile()).start();
        final ApicurioRegistry registry = new ApicurioRegistry(process, "http://127.0.0.1:" + port + "/apis/ccompat/v7");
        final long end = System.nanoTime() + PATIENCE.toNanos();
        while (!registry.answers())
            if (!process.isAlive() || System.nanoTime() - end > 0 || process.waitFor(200, TimeUnit.MILLISECONDS)) {
                registry.close();
                throw new IllegalStateException(
                        "Apicurio Registry did not start: " + Files.readString(folder.resolve("registry.log")));
            }
        return registry;
    }

    private boolean answers() {
        try {
            final HttpURLConnection connection = (HttpURLConnection) URI.create(url + "/subjects").toURL().openConnection();
            connection.setReadTimeout(Math.toIntExact(PATIENCE.toMillis()));
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
