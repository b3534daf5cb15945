package retort.evaluator;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.settings.Settings;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;

/** An evaluator in a JVM of its own, which a test kills. Its arguments are lines of settings. */
final class EvaluatorProcess {
    private EvaluatorProcess() {
    }

    public static void main(String[] settings) {
        try (Engine engine = Engine.start(new EngineSettings("cpu", 1));
                EvaluatorService service = EvaluatorService.start(
                        Settings.over(ConfigFactory.parseString(String.join("\n", List.of(settings)))), engine,
                        StatusLine.SILENT)) {
            service.done().block();
        }
    }

    static Process start(Broker broker, String... settings) throws IOException {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "-Dai.djl.offline=true", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                EvaluatorProcess.class.getName(), "kafka.bootstrap.servers=\"" + broker.kafka().bootstrapServers() + "\"",
                "topics.prefix=\"" + broker.topics().prefix() + "\""));
        command.addAll(List.of(settings));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }
}
