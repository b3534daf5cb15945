package retort.ingest;

import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import retort.settings.Settings;

/** Ingest in a process of its own, which a test kills. Its arguments are lines of settings. It prints its status to its output. */
final class IngestProcess {
    private IngestProcess() {
    }

    public static void main(String[] settings) {
        try (IngestService service = IngestService.start(
                Settings.over(ConfigFactory.parseString(String.join("\n", List.of(settings)))),
                line -> System.out.println("status " + line))) {
            service.done().block();
        }
    }

    /** @param heap the largest heap, such as {@code 128m} */
    static Process start(Streams streams, String heap, List<String> settings) throws IOException {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                IngestProcess.class.getName(), "kafka.bootstrap.servers=\"" + streams.kafka().bootstrapServers() + "\"",
                "topics.prefix=\"" + streams.topics().prefix() + "\""));
        command.addAll(settings);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** Waits until the process prints that it has begun. @return false if it ends before */
    static boolean publishes(Process process) throws IOException {
        final BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        for (String line = said.readLine(); line != null; line = said.readLine())
            if (line.contains("status train"))
                return true;
        return false;
    }

    /** Everything that the process prints from now to its end. */
    static String ending(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
