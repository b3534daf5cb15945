package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.record.Evaluation;
import retort.record.Picture;

class EvaluationEventsTest {
    @TempDir
    private Path folder;

    @Test
    void everyStartWritesWhatTheTopicHoldsOnce() throws IOException {
        final Evaluation first = evaluation("a", 10, null);
        final Evaluation second = evaluation("a", 20, null);
        try (EvaluationEvents events = new EvaluationEvents(folder, List.of())) {
            events.write(first);
        }
        try (EvaluationEvents events = new EvaluationEvents(folder, List.of(second, first, evaluation("b", 5, null)))) {
            events.write(evaluation("a", 30, null));
            events.write(evaluation("a", 40, "the file is gone"));
        }

        assertThat(count("a", "knn/top1")).as("steps 10, 20 and 30").isEqualTo(3);
        assertThat(count("b", "knn/top1")).isEqualTo(1);
    }

    @Test
    void aPictureIsThereAsItsFileUnderTheNameOfItsSuite() throws IOException {
        try (EvaluationEvents events = new EvaluationEvents(folder, List.of(evaluation("a", 10, null)))) {
            events.write(Picture.newBuilder().setRun("a").setStep(10).setSuite("reconstruction").setSettingsHash("hash")
                    .setCheckpointSha256("").setStream("val").setSampleIds(List.of(1L)).setRows(List.of("original")).setWidth(5)
                    .setHeight(7).setPng(ByteBuffer.wrap("the bytes of a PNG".getBytes(StandardCharsets.ISO_8859_1)))
                    .setAt(Instant.EPOCH).build());
        }

        assertThat(count("a", "reconstruction")).isEqualTo(1);
        // Summary.Image of TensorFlow's summary.proto: height, width, colorspace 3 (RGB), the file.
        assertThat(count("a", "\010\007\020\005\030\003\042\022the bytes of a PNG")).isEqualTo(1);
    }

    @Test
    void aFolderThatCannotBeWrittenDoesNotEndTheEvaluation() throws IOException {
        Files.writeString(folder.resolve("a"), "a file in the place of the run's folder");

        try (EvaluationEvents events = new EvaluationEvents(folder, List.of(evaluation("a", 10, null)))) {
            events.write(evaluation("a", 20, null));
        }

        assertThat(folder.resolve("a")).hasContent("a file in the place of the run's folder");
    }

    private static Evaluation evaluation(String run, long step, String error) {
        return Evaluation.newBuilder().setRun(run).setStep(step).setSuite("knn").setSettingsHash("hash")
                .setMetrics(Map.of("top1", 0.5))
                .setImages(10).setDurationMillis(1).setStream("val").setAt(Instant.EPOCH).setCheckpointSha256("")
                .setObjective("pretrain")
                .setClassAccuracy(Map.of()).setConfusions(List.of()).setError(error).build();
    }

    private int count(String run, String tag) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(run).resolve("evaluation"))) {
            final List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return new String(Files.readAllBytes(all.getFirst()), StandardCharsets.ISO_8859_1).split(tag, -1).length - 1;
        }
    }
}
