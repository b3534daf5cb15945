package retort.evaluator.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RealLabelsTest {
    private static final int CLASSES = 10;
    private static final int IMAGES = 500;

    @TempDir
    Path folder;

    /**
     * The count of google-research/reassessed-imagenet's README:
     * {@code is_correct = [pred in real_labels[i] for i, pred in enumerate(predictions) if real_labels[i]]; accuracy = mean(is_correct)}.
     */
    @Test
    void countsAsTheAuthorsDo() throws IOException {
        final Random random = new Random(7);
        final List<List<Integer>> labels = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++)
            labels.add(IntStream.range(0, random.nextInt(4)).mapToObj(n -> random.nextInt(CLASSES)).distinct().toList());
        final float[] logits = new float[IMAGES * CLASSES];
        for (int i = 0; i < logits.length; i++)
            logits[i] = random.nextInt(6); // with ties
        // The model numbers its classes backwards, and ReaL numbers them by their sorted names.
        final List<String> names = IntStream.range(0, CLASSES).mapToObj(c -> "n" + (CLASSES - 1 - c)).toList();

        final RealLabels.Count count = RealLabels.read(Files.writeString(folder.resolve("real.json"), labels.toString()))
                .counting(names);
        for (int from = 0; from < IMAGES; from += 100)
            count.add(LongStream.range(from, from + 100).toArray(),
                    java.util.Arrays.copyOfRange(logits, from * CLASSES, (from + 100) * CLASSES));

        int right = 0;
        int counted = 0;
        for (int i = 0; i < IMAGES; i++)
            if (!labels.get(i).isEmpty()) {
                int answer = 0;
                for (int c = 0; c < CLASSES; c++)
                    answer = logits[i * CLASSES + c] > logits[i * CLASSES + answer] ? c : answer;
                right += labels.get(i).contains(CLASSES - 1 - answer) ? 1 : 0;
                counted++;
            }
        assertThat(counted).isBetween(1, IMAGES - 1);
        assertThat(count.images()).isEqualTo(counted);
        assertThat(count.top1()).isEqualTo((double) right / counted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[1, 2]", "[[1], 2]", "[[1, \"a\"]]", "[[1]", "[[-1]]", "[[1]] more", "[[99999999999]]"})
    void aFileThatIsNoListOfListsIsNamed(String content) throws IOException {
        final Path file = Files.writeString(folder.resolve("real.json"), content);
        assertThatThrownBy(() -> RealLabels.read(file)).isInstanceOf(IOException.class);
    }

    @Test
    void labelsOfAnotherDataSetAreRefused() throws IOException {
        final RealLabels labels = RealLabels.read(Files.writeString(folder.resolve("real.json"), "[[3], []]"));
        assertThatThrownBy(() -> labels.counting(List.of("a", "b", "c"))).isInstanceOf(CheckpointRefusedException.class)
                .hasMessageContaining("has label 3, but the model has only 3 classes");
        final RealLabels.Count count = labels.counting(List.of("a", "b", "c", "d"));
        assertThatThrownBy(() -> count.add(new long[]{2}, new float[4])).isInstanceOf(CheckpointRefusedException.class)
                .hasMessageContaining("image 2 has no line in");
    }
}
