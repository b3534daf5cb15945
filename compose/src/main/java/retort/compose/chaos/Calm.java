package retort.compose.chaos;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import retort.broker.EmbeddedBroker;
import retort.console.StatusLine;
import retort.evaluator.EvaluatorService;
import retort.evaluator.feed.EvaluationFeed;
import retort.ingest.IngestService;
import retort.kafka.Broker;
import retort.record.Evaluation;
import retort.trainer.TrainerService;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.engine.Engine;

/**
 * The job without faults, in this process.
 *
 * @param store its checkpoints
 * @param evaluations its evaluations
 */
record Calm(CheckpointStore store, List<Evaluation> evaluations) {
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    /** Runs the job to its end. Blocks. */
    static Calm run(Job job, Config demo, Path directory) {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"))) {
            final Config config = job.config(demo, broker.bootstrapServers(), directory);
            try (Engine engine = TrainerService.engine(config);
                    IngestService _ = IngestService.start(config, StatusLine.SILENT);
                    EvaluatorService evaluator = EvaluatorService.start(config, engine, StatusLine.SILENT);
                    TrainerService trainer = TrainerService.start(config, engine, StatusLine.SILENT)) {
                trainer.done().block(PATIENCE);
                evaluator.caughtUp().block(PATIENCE);
            }
            return new Calm(new CheckpointStore(directory.resolve("checkpoints")),
                    List.copyOf(new EvaluationFeed(Broker.from(config)).present()));
        }
    }
}
