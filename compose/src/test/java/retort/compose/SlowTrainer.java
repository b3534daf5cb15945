package retort.compose;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import retort.console.StatusLine;
import retort.settings.Settings;
import retort.thread.Worker;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;

/** A trainer whose steps take a second longer, because the engine rests for a second between two steps. It runs until it is killed. */
final class SlowTrainer {
    private static final Duration REST = Duration.ofSeconds(1);

    private SlowTrainer() {
    }

    /** @param settings path of a file with settings */
    public static void main(String[] settings) {
        final Config config = Settings.over(ConfigFactory.parseFile(Path.of(settings[0]).toFile()));
        try (Engine engine = TrainerService.engine(config);
                Worker slow = Worker.named("slow");
                TrainerService trainer = TrainerService.start(config, engine, StatusLine.SILENT)) {
            slow.repeat(() -> engine.call(() -> {
                LockSupport.parkNanos(REST.toNanos());
                return true;
            }), Duration.ofNanos(1));
            trainer.done().block();
        }
    }
}
