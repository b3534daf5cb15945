package retort.trainer.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.kafka.StreamPosition;
import retort.kafka.Topics;
import retort.record.Architecture;
import retort.record.Stream;
import retort.settings.Identity;
import retort.trainer.SmallDisk;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;
import retort.trainer.images.SequenceRanges;
import retort.trainer.learn.Losses;
import retort.trainer.pipeline.RunGauge;
import retort.trainer.pipeline.RunListener;
import retort.trainer.pipeline.RunOutcome;
import retort.trainer.pipeline.TrainedStep;

/** Writers of reports on a full disk: no call fails, the log tells it once, and reports go on when there is room. */
class FullDiskReportsTest {
    private static final int STEPS = 1000;
    /** The first step for which there is room again. */
    private static final int ROOM = 900;

    @TempDir
    private Path directory;

    @Test
    void aLogGoesOnWithWholeLinesWhenThereIsRoom() throws Exception {
        final Path file = directory.resolve("run.jsonl");

        toldOnce(SmallDisk.run(Lines.class, file.toString()), "log " + file);

        final List<Long> steps = new ArrayList<>();
        for (final String line : Files.readAllLines(file))
            steps.add(new ObjectMapper().readTree(line).path("step").asLong());
        withAGap(steps);
    }

    @Test
    void eventFilesGoOnWithWholeEventsWhenThereIsRoom() throws Exception {
        toldOnce(SmallDisk.run(Events.class, directory.toString()), "TensorBoard folder " + directory);

        try (java.util.stream.Stream<Path> files = Files.list(directory)) {
            withAGap(List.copyOf(EventText.scalars(files.toList(), "lr").keySet()));
        }
    }

    private static void toldOnce(String said, String what) {
        assertThat(said.lines().filter(line -> line.contains("cannot be written"))).as(said).singleElement().asString()
                .contains(what + " cannot be written: File too large; the run goes on without reports until there is room");
        assertThat(said.lines().toList()).last().isEqualTo("steps " + STEPS);
    }

    /** All steps up to the first that found no room and all from the one before which there was room again; in between a short one may fit. */
    private static void withAGap(List<Long> steps) {
        final int again = steps.indexOf((long) ROOM);
        assertThat(steps).isSorted().doesNotHaveDuplicates();
        assertThat(steps.subList(0, 100)).containsExactlyElementsOf(LongStream.rangeClosed(1, 100).boxed().toList());
        assertThat(again).isBetween(100, ROOM - 2);
        assertThat(steps.subList(again, steps.size()))
                .containsExactlyElementsOf(LongStream.rangeClosed(ROOM, STEPS).boxed().toList());
    }

    static final class Lines {
        public static void main(String[] file) {
            follow(new LineLog(Path.of(file[0])));
        }
    }

    static final class Events {
        public static void main(String[] folder) {
            follow(new EventReports(Path.of(folder[0])));
        }
    }

    private static void follow(ReportWriter writer) {
        Topics.DEFAULT.progress(); // its codec has Avro trust the classes of the contract, as in a service
        final RunListener listener = new ReportListener(new RunGauge("run", "train", STEPS, 2, 1000, System::nanoTime), 1,
                writer);
        listener.begun(stream(), new TrainingState("run", 0, STEPS, "train", 0, StreamPosition.START, 0, SequenceRanges.NONE,
                Identity.of(Map.of()), "pretrain", new Architecture(28, 4, 1, 96, 6, 3, 64, 2, 4, 0, ""), Optional.empty()));
        final List<Long> steps = LongStream.rangeClosed(1, STEPS).boxed().toList();
        for (final long step : steps) {
            if (step == ROOM)
                SmallDisk.grow();
            listener.taken(step, ImagePosition.at(step), 1e-3);
            listener.stepped(new TrainedStep(step, new long[]{step, step}, new Losses(Map.of("total", 1.0 / step), 1, 1e-3),
                    ImagePosition.at(step)));
        }
        listener.ended(new RunOutcome.Finished());
        System.out.println("steps " + steps.size());
    }

    private static Stream stream() {
        return new Stream("train", "memory:none", "none", 1L, 1, 28, 28, List.of(0.5), List.of(0.25), List.of(), null, 7, 1,
                "test",
                null, Instant.EPOCH, Map.of());
    }
}
