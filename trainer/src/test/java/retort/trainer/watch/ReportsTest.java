package retort.trainer.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import retort.console.StatusLine;
import retort.trainer.RealTraining;
import retort.trainer.SmallStream;
import retort.trainer.TrainerService;
import retort.trainer.Training;

/** Trains real runs and reads what the listeners wrote. */
class ReportsTest extends RealTraining {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Reads a folder with the package {@code tensorboard} (2.21.0 when this was written) and prints tag, step and value. */
    private static final String READ = """
            import sys
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            events = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0})
            events.Reload()
            for tag in sorted(events.Tags()['scalars']):
                for event in events.Scalars(tag):
                    print(tag, event.step, repr(event.value))
            """;

    @Test
    void aStoppedRunGoesOnInItsFilesWithoutAGapOrARepeat() throws IOException {
        final SmallStream stream = SmallStream.create(broker, "train").publish(4);
        final String run = Training.pretrain("watched", 6, "");
        try (TrainerService _ = begin(run, 1)) {
            await().atMost(Training.PATIENCE).until(() -> Training.steps(broker, "watched") == 2);
        }
        assertThat(steps("watched")).containsExactly(1L, 2L);
        // As a process leaves them that is killed in the middle of a step that no checkpoint holds.
        Files.writeString(lines("watched"), "{\"step\":3,\"losses\":{\"total\":7}}\n{\"step\":4,\"los",
                StandardOpenOption.APPEND);
        try (EventFile torn = EventFile.create(events("watched").getLast().resolveSibling("events.out.tfevents.9000000000.train"),
                2)) {
            torn.append(3, new EventFile.Summary().scalar("loss/total", 7));
        }
        Files.write(events("watched").getLast(), new byte[]{1, 2, 3}, StandardOpenOption.APPEND);
        stream.publish(10);

        begin(run, 1).done().block(Training.PATIENCE);

        train(Training.pretrain("whole", 6, ""), 1);
        assertThat(steps("watched")).containsExactlyElementsOf(LongStream.rangeClosed(1, 6).boxed().toList());
        assertThat(losses("watched")).isEqualTo(losses("whole"));
        assertThat(EventText.scalars(events("watched"), "loss/total")).isEqualTo(EventText.scalars(events("whole"), "loss/total"))
                .containsOnlyKeys(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void everyNthStepAndTheLastAreReported() throws IOException {
        SmallStream.create(broker, "train").publish(20);

        train(Training.pretrain("sparse", 7, ""), 3);

        assertThat(steps("sparse")).containsExactly(3L, 6L, 7L);
        final JsonNode last = json("sparse").getLast();
        assertThat(last.path("run").asText()).isEqualTo("sparse");
        assertThat(last.path("losses").path("total").asDouble()).isPositive();
        assertThat(last.path("learningRate").asDouble()).isPositive();
        assertThat(last.path("gradientNorm").asDouble()).isPositive();
        assertThat(EventText.scalars(events("sparse"), "lr")).containsOnlyKeys(3L, 6L, 7L);
    }

    @Test
    void withoutAFolderNothingIsWritten() throws IOException {
        SmallStream.create(broker, "train").publish(20);

        train(Training.pretrain("quiet", 1, ""));

        try (Stream<Path> all = Files.list(checkpoints)) {
            assertThat(all).containsExactly(checkpoints.resolve("quiet"));
        }
    }

    @Test
    void tensorBoardReadsTheSameValues() throws IOException, InterruptedException {
        final String python = System.getenv().getOrDefault("RETORT_PYTHON", "python3");
        assumeTrue(new ProcessBuilder(python, "-c", "import tensorboard").start().waitFor() == 0,
                () -> python + " has no package tensorboard: set RETORT_PYTHON to a Python that has it");
        SmallStream.create(broker, "train").publish(20);
        train(Training.pretrain("seen", 5, ""), 1);

        final Process reader = new ProcessBuilder(python, "-c", READ, tensorboard().resolve("seen").toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        final String read = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(reader.waitFor()).isZero();
        assertThat(read.lines().filter(line -> line.startsWith("loss/total "))).hasSize(5);
        EventText.scalars(events("seen"), "loss/total").forEach((step, value) -> assertThat(read.lines())
                .anyMatch(line -> line.startsWith("loss/total " + step + " ")
                        && Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)) == value));
        assertThat(read).contains("lr 5 ", "images_per_second 5 ", "data_wait 5 ", "grad_norm 5 ", "epoch 5 ");
    }

    private TrainerService begin(String run, int every) {
        return TrainerService.start(ConfigFactory.parseString("trainer.report-every = " + every + ", trainer.tensorboard = \""
                + tensorboard() + "\", trainer.log = \"" + checkpoints.resolve("log") + "\"")
                .withFallback(Training.config(broker, checkpoints, run)), engine, StatusLine.SILENT);
    }

    private void train(String run, int every) {
        try (TrainerService service = begin(run, every)) {
            service.done().block(Training.PATIENCE);
        }
    }

    private Path tensorboard() {
        return checkpoints.resolve("tensorboard");
    }

    private Path lines(String run) {
        return checkpoints.resolve("log").resolve(run + ".jsonl");
    }

    private List<Path> events(String run) throws IOException {
        try (Stream<Path> files = Files.list(tensorboard().resolve(run))) {
            return files.sorted().toList();
        }
    }

    private List<JsonNode> json(String run) throws IOException {
        return JSON.readerFor(JsonNode.class).<JsonNode>readValues(lines(run).toFile()).readAll();
    }

    private List<Long> steps(String run) throws IOException {
        return json(run).stream().map(line -> line.path("step").asLong()).toList();
    }

    private List<JsonNode> losses(String run) throws IOException {
        return json(run).stream().map(line -> line.path("losses")).toList();
    }
}
