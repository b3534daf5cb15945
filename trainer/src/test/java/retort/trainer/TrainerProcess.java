package retort.trainer;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.trainer.engine.Engine;

/** A trainer in a JVM of its own, which a test kills. SIGTERM stops it after the present step, and native work ends before the JVM. */
final class TrainerProcess {
    private TrainerProcess() {
    }

    /** @param args address of the broker, prefix of the topics, folder of the checkpoints, value of {@code trainer.runs}, more settings */
    public static void main(String[] args) {
        final var config = ConfigFactory.parseString(args.length > 4 ? args[4] : "")
                .withFallback(Training.config(Broker.at(args[0], args[1]), Path.of(args[2]), args[3]));
        final Engine engine = TrainerService.engine(config);
        final TrainerService service = TrainerService.start(config, engine, StatusLine.SILENT);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            service.close();
            engine.close();
        }));
        service.done().block();
    }

    static Process start(Broker broker, Path checkpoints, String runs) throws java.io.IOException {
        final ProcessBuilder builder = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-Dai.djl.offline=true", "-cp",
                System.getProperty("java.class.path"), TrainerProcess.class.getName(), broker.kafka().bootstrapServers(),
                broker.topics().prefix(),
                checkpoints.toString(), runs);
        return builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }
}
