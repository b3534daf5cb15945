package retort.trainer;

import java.nio.file.Path;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.trainer.engine.Engine;

/** A trainer in a JVM of its own, to be killed. SIGTERM stops it after the step under way; native work is joined first. */
final class TrainerProcess {
    private TrainerProcess() {
    }

    /** Arguments: broker, topics' prefix, checkpoints, trainer.runs. */
    public static void main(String[] args) {
        final var config = Training.config(Broker.at(args[0], args[1]), Path.of(args[2]), args[3]);
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
