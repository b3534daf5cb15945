package retort.bench.read;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import retort.bench.Benchmark;
import retort.bench.BenchException;
import retort.bench.ingest.OwnBroker;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.settings.Settings;
import retort.thread.Worker;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;

/**
 * {@code retort bench wait}: the share of the time that a run waits for images while they come a little faster than its steps take them. A first
 * run, whose images are all there, tells how fast that is.
 */
@Command(name = "wait", mixinStandardHelpOptions = true, sortOptions = false, description = "The share of the time that a run waits for images which come at a given multiple of what its steps take.", footerHeading = "%nExamples:%n", footer = {
        "  retort bench wait                                        a broker, a feed and a run in this process",
        "  retort bench wait --headroom 1.5 --steps 400"})
public final class WaitBench implements Benchmark {
    private static final double GOAL = 0.01;
    private static final int SIDE = 64;
    private static final int IMAGES_PER_RECORD = 16;
    private static final int PARTITIONS = 2;
    /** Steps that are not counted, while code is compiled and the first images come. */
    private static final int WARM_UP = 20;
    /** Steps from one report to the next. */
    private static final int REPORT = 10;
    private static final Duration TICK = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--steps", paramLabel = "N", defaultValue = "200", description = "Number of steps that are counted (default: ${DEFAULT-VALUE}).")
    private int steps = 200;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "64", description = "Number of images of a step (default: ${DEFAULT-VALUE}).")
    private int batch = 64;

    @Option(names = "--headroom", paramLabel = "X", defaultValue = "1.2", description = "Images come at this multiple of the rate at which the run takes them (default: ${DEFAULT-VALUE}).")
    private double headroom = 1.2;

    @Option(names = "--device", paramLabel = "D", defaultValue = "auto", description = "auto, cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /**
     * The counted steps of a run.
     *
     * @param waitingShare share of the time that the run waited for images
     */
    private record Measured(double imagesPerSecond, double waitingShare) {
    }

    @Override
    public Integer call() {
        if (steps < 10 || batch < 1 || !(headroom > 0.1 && headroom < 100))
            throw new ParameterException(spec.commandLine(),
                    "--steps, --batch and --headroom are at least 10, 1 and 0.1: give larger ones");
        final Path folder = folder();
        try (OwnBroker own = OwnBroker.start()) {
            final Broker broker = Broker.at(own.address(), "retort.");
            broker.ensureEventTopics();
            try (Engine engine = TrainerService.engine(config(own.address(), folder, "none"))) {
                final Measured full = full(broker, config(own.address(), folder, "full"), engine, folder);
                print(full, fed(broker, config(own.address(), folder, "fed"), engine, folder, full.imagesPerSecond() * headroom));
            }
        } finally {
            delete(folder);
        }
        return 0;
    }

    private Measured full(Broker broker, Config config, Engine engine, Path folder) {
        try (RandomStream images = stream(broker, "full")) {
            images.publish(needed());
            train(config, engine);
        }
        return measured(folder.resolve("full.jsonl"));
    }

    private Measured fed(Broker broker, Config config, Engine engine, Path folder, double imagesPerSecond) {
        try (RandomStream images = stream(broker, "fed"); Worker feed = Worker.named("retort-bench-feed")) {
            final long began = System.nanoTime();
            feed.repeat(() -> {
                final long due = (long) ((System.nanoTime() - began) / 1e9 * imagesPerSecond / IMAGES_PER_RECORD);
                images.publish(Math.max(0, Math.min(needed(), due) - images.published()));
            }, TICK);
            train(config, engine);
        }
        return measured(folder.resolve("fed.jsonl"));
    }

    private static RandomStream stream(Broker broker, String name) {
        final RandomStream images = RandomStream.create(broker, name, PARTITIONS, SIDE, IMAGES_PER_RECORD);
        broker.streams().publish(images.stream());
        return images;
    }

    /** Number of records that a run uses. */
    private long needed() {
        return Math.ceilDiv((long) (steps + WARM_UP) * batch, IMAGES_PER_RECORD);
    }

    private static void train(Config config, Engine engine) {
        try (TrainerService trainer = TrainerService.start(config, engine, StatusLine.SILENT)) {
            trainer.done().block(PATIENCE);
        }
    }

    /** A run of the name of its stream, on models for which a step of 64 images takes some tenths of a second on two cores. */
    private Config config(String address, Path folder, String run) {
        return Settings.over(ConfigFactory.parseString(
                """
                        kafka.bootstrap.servers = "%s"
                        trainer {
                          device = "%s", checkpoints = "%s", log = "%s", report-every = %d, checkpoint-every = 1000000
                          decoder { width = 64, depth = 1, heads = 2 }
                          runs = [{name = %s, stream = %s, objective = pretrain, batch = %d, steps = %d, model = {width = 192, depth = 6, heads = 3, patch = 8}}]
                        }
                        """
                        .formatted(address, device, folder.resolve("checkpoints"), folder, REPORT, run, run, batch,
                                steps + WARM_UP)));
    }

    /** The figures of a run's reports, weighted by the time that each is over. */
    private Measured measured(Path log) {
        try {
            double seconds = 0;
            double waited = 0;
            long counted = 0;
            for (final JsonNode report : JSON.readerFor(JsonNode.class).<JsonNode>readValues(log.toFile()).readAll()) {
                if (report.path("step").asLong() <= WARM_UP)
                    continue;
                final double time = REPORT * batch / report.path("imagesPerSecond").asDouble();
                seconds += time;
                waited += time * report.path("waitingShare").asDouble();
                counted += REPORT;
            }
            if (counted == 0)
                throw new BenchException("the run has reported no step after the first " + WARM_UP);
            return new Measured(counted * batch / seconds, waited / seconds);
        } catch (IOException e) {
            throw new UncheckedIOException("the reports in " + log + " cannot be read: " + e.getMessage(), e);
        }
    }

    private void print(Measured full, Measured fed) {
        System.out.printf(Locale.ROOT, "%n%-34s %10s %10s%n", "steps of " + batch + " images", "images/s", "waiting");
        System.out.printf(Locale.ROOT, "%-34s %10.0f %9.2f%%%n", "all images are there", full.imagesPerSecond(),
                100 * full.waitingShare());
        System.out.printf(Locale.ROOT, "%-34s %10.0f %9.2f%%%n",
                String.format(Locale.ROOT, "images come at %.2fx of that", headroom),
                fed.imagesPerSecond(), 100 * fed.waitingShare());
        System.out.printf(Locale.ROOT,
                "%nThe goal is at most %.0f %% at 1.2x. %d steps each; the feed, the broker and the run share %d processors.%n%n",
                100 * GOAL, steps, Runtime.getRuntime().availableProcessors());
        System.out.println(
                JSON.createObjectNode().put("bench", "wait").put("headroom", headroom).put("steps", steps).put("batch", batch)
                        .put("imagesPerSecond", full.imagesPerSecond()).put("waitingShareFull", full.waitingShare())
                        .put("waitingShare", fed.waitingShare()));
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("retort-bench-wait");
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for the benchmark's run: " + e.getMessage(), e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList())
                Files.delete(file);
        } catch (IOException e) {
            System.err.println("retort: " + folder + " could not be deleted: " + e.getMessage());
        }
    }
}
