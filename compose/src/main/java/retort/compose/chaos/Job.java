package retort.compose.chaos;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import retort.settings.Settings;

/**
 * The job that is run twice: a teacher and a student of a few thousand weights on three hundred of the bundled images, saved and evaluated
 * often.
 *
 * @param seed seed of all draws
 * @param steps number of steps of both runs together
 */
record Job(long seed, long steps) {
    /** The runs, in the order in which they are trained. */
    static final List<String> RUNS = List.of("teacher", "student");
    /** Each suite scores every checkpoint once. */
    static final List<String> SUITES = List.of("knn", "reconstruction");
    private static final int CHECKPOINT_EVERY = 15;

    /** All settings of the job, with those of the demonstration and the defaults. */
    Config config(Config demo, String bootstrapServers, Path directory) {
        return Settings.over(given(demo, bootstrapServers, directory));
    }

    /** The settings as a file for {@code --config}. */
    String text(Config demo, String bootstrapServers, Path directory) {
        return given(demo, bootstrapServers, directory).resolve().root().render(ConfigRenderOptions.concise().setFormatted(true));
    }

    private Config given(Config demo, String bootstrapServers, Path directory) {
        return own(directory).withFallback(ConfigFactory.parseMap(Map.of("kafka.bootstrap.servers", bootstrapServers)))
                .withFallback(demo);
    }

    /** One thread for the engine, because the number of threads decides the last bits. */
    private Config own(Path directory) {
        final long each = steps / RUNS.size();
        return ConfigFactory.parseString("""
                seed = %d
                ingest { samples = 300, val.samples = 50, images-per-record = 7 }
                evaluator { suites = ["knn", "reconstruction"], yardstick = false }
                trainer {
                  device = cpu, threads = 1, lease = 2s, progress-every = 100ms, batch = 10
                  checkpoints-per-run = 0, checkpoint-every = %d
                  runs = [
                    { name = teacher, objective = pretrain, steps = %d
                      model { width = 32, depth = 3, heads = 2, patch = 7 }, decoder { width = 16, depth = 1, heads = 2 } }
                    { name = student, objective = distill, teacher = "run:teacher", steps = %d
                      model { width = 16, depth = 3, heads = 2, patch = 7 }, decoder { width = 16, depth = 1, heads = 2 } }
                  ]
                }
                """.formatted(seed, CHECKPOINT_EVERY, each, steps - each))
                .withFallback(ConfigFactory.parseMap(Map.of("trainer.checkpoints", directory.resolve("checkpoints").toString())));
    }
}
