package retort.compose.local;

import com.typesafe.config.Config;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.broker.EmbeddedBroker;
import retort.compose.console.Foreground;
import retort.compose.console.MetricsAddress;
import retort.compose.console.PageAddress;
import retort.compose.console.Terminal;
import retort.compose.settings.SettingsOptions;
import retort.evaluator.EvaluatorService;
import retort.evaluator.feed.EvaluationFeed;
import retort.evaluator.feed.EvaluationTable;
import retort.evaluator.feed.PictureFeed;
import retort.file.WholeFile;
import retort.ingest.IngestService;
import retort.kafka.Broker;
import retort.record.Evaluation;
import retort.record.Picture;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.trainer.TrainerService;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.engine.Engine;

/**
 * One run of {@code local}, from the broker to the report. Confined to the main thread. The services are closed before the engine, and
 * the engine is closed before the broker, because a service may still announce work while it closes.
 */
final class LocalRun {
    private static final Logger LOG = LoggerFactory.getLogger(LocalRun.class);
    private static final Duration EVALUATION_WAIT = Duration.ofMinutes(30);
    private static final String PICTURED_BY = "reconstruction";

    private final Path directory;
    private final SettingsOptions options;
    private final Optional<String> teacher;
    private final boolean stay;
    private final Instant started = Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());

    /**
     * @param teacher the teacher in place of that of {@code demo.conf}, as {@link DemoTeacher} reads it
     * @param stay true to serve the page, the topics and the broker after the report, until a person asks to stop
     */
    LocalRun(Path directory, SettingsOptions options, Optional<String> teacher, boolean stay) {
        this.directory = directory;
        this.options = options;
        this.teacher = teacher;
        this.stay = stay;
    }

    /** @return the exit code */
    int run() throws Exception {
        final Config unconnected = settings();
        makeDirectory();
        final Foreground foreground = new Foreground();
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), LocalSettings.from(unconnected).port())) {
            System.out.println("broker " + broker.bootstrapServers());
            final Config config = Settings.withKafka(unconnected, "bootstrap.servers", broker.bootstrapServers());
            try (PageAddress _ = PageAddress.serve(config);
                    RunLog log = new RunLog(Broker.from(config), started)) {
                if (!train(config, foreground)) {
                    LOG.info("stopped; the same command goes on from the last checkpoint in {}", directory);
                    return 0;
                }
                report(config, log);
                if (stay)
                    OpenCommand.stay(foreground);
            }
        }
        return 0;
    }

    private void makeDirectory() {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new SettingException("--data " + directory + " cannot be used (" + e + "): give a folder that can be written");
        }
    }

    /** Runs the services until every run is trained and evaluated. @return false if a person asked to stop before that */
    private boolean train(Config config, Foreground foreground) throws Exception {
        try (Terminal terminal = new Terminal();
                MetricsAddress _ = MetricsAddress.serve(config);
                Engine engine = TrainerService.engine(config);
                IngestService ingest = IngestService.start(config, terminal.line("ingest"));
                EvaluatorService evaluator = EvaluatorService.start(config, engine, terminal.line("evaluator"));
                TrainerService trainer = TrainerService.start(config, engine, terminal.line("trainer"))) {
            foreground.unless(ingest.done());
            foreground.unless(evaluator.done());
            foreground.until(trainer.done());
            if (foreground.await())
                return false;
            return foreground.await(evaluator.caughtUp(), EVALUATION_WAIT);
        }
    }

    private void report(Config config, RunLog log) throws Exception {
        final List<Evaluation> evaluations = List.copyOf(new EvaluationFeed(Broker.from(config)).present());
        final Report report = Report.of(config, student(config), log, evaluations, started, Instant.now());
        final Path json = directory.resolve("report.json");
        report.write(json);
        System.out.println();
        EvaluationTable.of(evaluations).forEach(System.out::println);
        System.out.println();
        report.verdicts().forEach(System.out::println);
        final Optional<Picture> picture = new PictureFeed(Broker.from(config)).last(Runs.finalStudent(config), PICTURED_BY);
        if (picture.isPresent()) {
            final Path png = directory.resolve("reconstruction.png");
            WholeFile.write(png, PictureFeed.png(picture.get()));
            System.out.println(String.join(", ", picture.get().getRows()) + ": " + png);
        }
        System.out.println("report: " + json);
    }

    private static Checkpoint student(Config config) {
        final String run = Runs.finalStudent(config);
        return new CheckpointStore(Path.of(config.getString("trainer.checkpoints"))).latest(run)
                .orElseThrow(() -> new IllegalStateException("run " + run + " is done and has no checkpoint"));
    }

    /** The settings of the command line over those of the demonstration, with every path below {@link #directory}. */
    private Config settings() {
        final Config config = options
                .over(LocalSettings.places(directory).withFallback(Settings.parse(Path.of(home(), "demo.conf"))));
        return teacher.map(given -> DemoTeacher.of(given, Path.of(home())).in(config)).orElse(config);
    }

    private static String home() {
        final String home = System.getenv("RETORT_HOME");
        if (home == null)
            throw new SettingException("RETORT_HOME is not set: start local with compose/retort");
        return home;
    }
}
