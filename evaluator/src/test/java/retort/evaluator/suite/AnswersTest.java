package retort.evaluator.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import retort.record.Confusion;

class AnswersTest {
    /** Expected values: torch 2.7.1, cross_entropy and the ECE of Guo et al. (temperature_scaling.py, 15 bins), in float64. */
    @Test
    void accuracyLossAndCalibrationAreTheReferences() {
        final Answers answers = new Answers(List.of("a", "b", "c"), 3);

        answers.add(new int[]{1, 1, 0, 1, 2, 2},
                new float[]{-0.44f, 0.29f, 1.34f, -1.03f, -3.17f, -1.5f, 1.31f, 1.82f, 0.3f, -1.62f,
                        3.17f, -0.69f, 1.1f, 2.29f, -0.25f, 1.11f, -0.92f, 2.13f});
        answers.add(new int[]{-1, 0, 2, 1, 1, 2, 1},
                new float[]{9, 9, 9, -4.45f, -0.94f, -0.7f, -1.55f, -1.4f, -3.82f, -0.75f, 1.82f,
                        -0.85f, -2.37f, 1.07f, 1.58f, -1.83f, -2.2f, 2.42f, 0.8f, -1.81f, 1.24f});

        final Score score = answers.score("loss");
        assertThat(score.images()).isEqualTo(12);
        assertThat(score.metrics()).containsOnlyKeys("top1", "loss", "ece");
        assertThat(score.metrics().get("top1")).isCloseTo(4 / 12.0, within(1e-12));
        assertThat(score.metrics().get("loss")).isCloseTo(1.7221494784863707, within(1e-6));
        assertThat(score.metrics().get("ece")).isCloseTo(0.3890503437974705, within(1e-6));
    }

    @Test
    void countsTheRightAnswersOfEachClassAndTheTenMostFrequentConfusions() {
        final int classes = 12;
        final Answers answers = new Answers(List.of("crane", "crane", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10"),
                classes);
        for (int label = 0; label < classes; label++)
            for (int times = 0; times <= label; times++)
                answers.add(new int[]{label}, oneHot(classes, label == 3 ? 3 : (label + 1) % classes));

        final Score score = answers.score("loss");
        assertThat(score.classAccuracy()).hasSize(12).containsEntry("crane (0)", 0.0).containsEntry("crane (1)", 0.0)
                .containsEntry("c3", 1.0).containsEntry("(11)", 0.0);
        assertThat(score.confusions()).hasSize(10)
                .startsWith(new Confusion("(11)", "crane (0)", 12L), new Confusion("c10", "(11)", 11L))
                .endsWith(new Confusion("crane (1)", "c2", 2L));
        assertThat(score.metrics()).containsKey("top5");
    }

    @Test
    void ofEqualAnswersTheLowerClassRanksFirst() {
        final Answers answers = new Answers(List.of("a", "b"), 2);
        answers.add(new int[]{0, 1}, new float[]{1, 1, 1, 1});

        final Score score = answers.score("loss");
        assertThat(score.metrics().get("top1")).isEqualTo(0.5);
        assertThat(score.confusions()).containsExactly(new Confusion("b", "a", 1L));
        assertThat(score.classAccuracy()).isEqualTo(Map.of("a", 1.0, "b", 0.0));
    }

    @Test
    void nothingToScoreAndNumbersThatAreNotFiniteAreRefused() {
        final Answers none = new Answers(List.of("a", "b"), 2);
        none.add(new int[]{-1, -7}, new float[]{0, 1, 0, 1});
        assertThatThrownBy(() -> none.score("loss")).isInstanceOf(CheckpointRefusedException.class)
                .hasMessageContaining("no validation");

        final Answers broken = new Answers(List.of("a", "b"), 2);
        broken.add(new int[]{0}, new float[]{Float.NaN, 1});
        assertThatThrownBy(() -> broken.score("loss")).isInstanceOf(CheckpointRefusedException.class)
                .hasMessage("its loss is NaN");
    }

    private static float[] oneHot(int classes, int at) {
        final float[] logits = new float[classes];
        logits[at] = 9;
        return logits;
    }
}
