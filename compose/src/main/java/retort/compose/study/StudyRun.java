package retort.compose.study;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import retort.broker.EmbeddedBroker;
import retort.compose.console.Foreground;
import retort.compose.console.MetricsAddress;
import retort.compose.console.PageAddress;
import retort.compose.console.Terminal;
import retort.compose.local.LocalSettings;
import retort.evaluator.EvaluatorService;
import retort.ingest.IngestService;
import retort.kafka.Broker;
import retort.place.Places;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.trainer.TrainerService;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.engine.Engine;
import retort.trainer.settings.TrainerSettings;

/**
 * One run of {@code study}, from the broker to the page. Confined to the main thread. The services are closed before the engine, and the
 * engine before the broker.
 */
final class StudyRun {
    private static final Logger LOG = LoggerFactory.getLogger(StudyRun.class);
    private static final Duration EVALUATION_WAIT = Duration.ofDays(1);

    private final Study study;
    private final Config unconnected;
    private final Path directory;

    /** @param config settings of the study without the address of its broker */
    StudyRun(Study study, Config config, Path directory) {
        this.study = study;
        this.unconnected = config;
        this.directory = directory;
    }

    /** @return the exit code: 1 if a figure is missing */
    int run() throws Exception {
        makeDirectory();
        StudyCheck.of(study, unconnected).requireTrainable(this::hasBegun);
        final Foreground foreground = new Foreground();
        final List<Config> ingests = StudyFolder.ingests(study, unconnected);
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), LocalSettings.from(unconnected).port())) {
            System.out.println("broker " + broker.bootstrapServers());
            final Config config = connected(unconnected, broker);
            try (PageAddress _ = PageAddress.serve(config)) {
                if (!train(config, ingests.stream().map(each -> connected(each, broker)).toList(), foreground)) {
                    LOG.info("stopped; the same command goes on from the last checkpoints in {}", directory);
                    return 0;
                }
                return report(study, config, directory);
            }
        }
    }

    /** A run with a checkpoint has been checked before, and what it began from may be gone. */
    private boolean hasBegun(String run) {
        try (Places places = Places.from(unconnected)) {
            return new CheckpointStore(places.file(TrainerSettings.checkpoints(unconnected))).latest(run).isPresent();
        }
    }

    private static Config connected(Config config, EmbeddedBroker broker) {
        return Settings.withKafka(config, "bootstrap.servers", broker.bootstrapServers());
    }

    private void makeDirectory() {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new SettingException("--data " + directory + " cannot be used (" + e + "): give a folder that can be written");
        }
    }

    /** Runs the services until every run is trained and evaluated. @return false if a person asked to stop before that */
    private boolean train(Config config, List<Config> ingests, Foreground foreground) throws Exception {
        try (Terminal terminal = new Terminal();
                MetricsAddress _ = MetricsAddress.serve(config);
                StudyProgress _ = new StudyProgress(study, Broker.from(config), terminal.line("study"));
                Engine engine = TrainerService.engine(config);
                Publishing publishing = new Publishing(new ArrayList<>())) {
            for (final Config each : ingests)
                foreground.unless(publishing.begin(each, terminal));
            try (EvaluatorService evaluator = EvaluatorService.start(config, engine, terminal.line("evaluator"));
                    Trainers trainers = Trainers.start(study, config, engine,
                            slot -> terminal.line(slot == 0 ? "trainer" : "trainer " + (slot + 1)))) {
                foreground.unless(evaluator.done());
                foreground.until(trainers.done());
                if (foreground.await())
                    return false;
                return foreground.await(evaluator.caughtUp(), EVALUATION_WAIT);
            }
        }
    }

    /** The ingests of all streams, in the order of their start. */
    private record Publishing(List<IngestService> services) implements AutoCloseable {
        Mono<Void> begin(Config config, Terminal terminal) {
            final String line = services.isEmpty() ? "ingest" : "ingest " + config.getString("ingest.stream");
            services.add(IngestService.start(config, terminal.line(line)));
            return services.getLast().done();
        }

        @Override
        public void close() {
            services.forEach(IngestService::close);
        }
    }

    /** Writes what stands on the topics. @return the exit code: 1 if a figure is missing */
    static int report(Study study, Config config, Path directory) throws IOException {
        final Results results = Results.read(study, config);
        final Path page = StudyFiles.write(results, directory);
        results.missing().forEach(sentence -> System.err.println("retort: " + sentence));
        System.out.println("results: " + page + " and results.csv beside it");
        return results.missing().isEmpty() ? 0 : 1;
    }
}
