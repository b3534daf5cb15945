package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import retort.evaluator.feed.Yardstick;
import retort.evaluator.suite.Figure;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.Promotion;

class PromotionsTest {
    private final Promotions promotions = new Promotions(
            Map.of("knn", Figure.higherIsBetter("top1", "k-NN"), "reconstruction", Figure.lowerIsBetter("loss", "loss")));

    @Test
    void aHigherAccuracyAndALowerLossPromoteAndEqualOnesDoNot() {
        assertThat(promoted("knn", "top1", 0.5, 0.7, 0.7, 0.6, 0.8)).containsExactly(0.5, 0.7, 0.8);
        assertThat(promoted("reconstruction", "loss", 0.5, 0.7, 0.4, 0.4, 0.3)).containsExactly(0.5, 0.4, 0.3);
    }

    @Test
    void aFigureThatIsMissingOrNotANumberPromotesNothing() {
        assertThat(promoted("knn", "top1", Double.NaN, 0.2)).containsExactly(0.2);
        assertThat(promoted("knn", "other", 0.9)).isEmpty();
        assertThat(promoted("unknown", "top1", 0.9)).isEmpty();
    }

    @Test
    void onlyFiguresOfOneRunUnderEqualSettingsAreCompared() {
        promotions.remember(evaluation("run", "knn", "a", Map.of("top1", 0.9)));

        assertThat(promotions.by(evaluation("run", "knn", "a", Map.of("top1", 0.8)), checkpoint())).isEmpty();
        assertThat(promotions.by(evaluation("run", "knn", "b", Map.of("top1", 0.8)), checkpoint())).isPresent();
        assertThat(promotions.by(evaluation("other", "knn", "a", Map.of("top1", 0.8)), checkpoint()))
                .hasValueSatisfying(promotion -> {
                    assertThat(promotion.getMetric()).isEqualTo("knn.top1");
                    assertThat(promotion.getRun()).isEqualTo("other");
                    assertThat(promotion.getUri()).isEqualTo("file:/weights");
                });
    }

    @Test
    void rawPixelsAreNoCheckpoint() {
        final Evaluation pixels = Evaluation.newBuilder(evaluation(Yardstick.RUN, "knn", "a", Map.of("top1", 0.9)))
                .setObjective(Yardstick.OBJECTIVE).build();

        assertThat(promotions.by(pixels, checkpoint())).isEmpty();
    }

    private List<Double> promoted(String suite, String metric, double... values) {
        return DoubleStream.of(values).mapToObj(value -> evaluation("run", suite, "a", Map.of(metric, value)))
                .flatMap(evaluation -> {
                    final var promotion = promotions.by(evaluation, checkpoint());
                    promotions.remember(evaluation);
                    return promotion.stream();
                }).map(Promotion::getValue).toList();
    }

    private static Evaluation evaluation(String run, String suite, String hash, Map<String, Double> metrics) {
        return Evaluation.newBuilder().setRun(run).setStep(1).setSuite(suite).setSettingsHash(hash).setMetrics(metrics)
                .setImages(10).setDurationMillis(20).setCheckpointSha256("def").setObjective("distill").setStream("val")
                .setAt(Instant.EPOCH).build();
    }

    private static CheckpointReady checkpoint() {
        return CheckpointReady.newBuilder().setRun("run").setStep(1).setSteps(1).setStream("train").setUri("file:/weights")
                .setSha256("def").setBytes(0).setObjective("distill").setNormPix(true).setMaskRatio(0.75).setNextSequence(0)
                .setAt(Instant.EPOCH).setArchitecture(Architecture.newBuilder().setImage(8).setPatch(2).setChannels(1).setWidth(8)
                        .setDepth(1).setHeads(1).build())
                .build();
    }
}
