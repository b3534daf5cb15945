package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.evaluator.feed.Yardstick;
import retort.evaluator.suite.Figure;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.Promotion;
import retort.settings.Section;
import retort.settings.SettingException;

class PromotionsTest {
    private static final Map<String, Figure> HEADLINES = Map.of("knn", Figure.higherIsBetter("top1", "k-NN"), "reconstruction",
            Figure.lowerIsBetter("loss", "loss"));

    private final Promotions promotions = promotions("");

    private static Promotions promotions(String gates) {
        return new Promotions(
                Gate.all(new Section(ConfigFactory.parseString("gates = [" + gates + "]"), "evaluator"), HEADLINES));
    }

    @Test
    void aThresholdKeepsWorseFiguresFromPromoting() {
        final Promotions gated = promotions(
                "{metric = knn.top1, threshold = 0.6}, {metric = reconstruction.loss, threshold = 0.5}");

        assertThat(promoted(gated, "knn", "top1", 0.5, 0.6, 0.55, 0.7)).containsExactly(0.6, 0.7);
        assertThat(promoted(gated, "reconstruction", "loss", 0.7, 0.5, 0.4)).containsExactly(0.5, 0.4);
    }

    @Test
    void aGateAddsAFigureOfItsOwn() {
        final Promotions gated = promotions("{metric = knn.top1.k10, better = higher}");
        final Evaluation both = evaluation("run", "knn", "a", Map.of("top1", 0.5, "top1.k10", 0.4));

        assertThat(gated.by(both, checkpoint())).extracting(Promotion::getMetric)
                .containsExactlyInAnyOrder("knn.top1", "knn.top1.k10");
    }

    @Test
    void aFigureThatIsWorseThanTheBestByMoreThanTheLimitIsARegression() {
        final Promotions gated = promotions(
                "{metric = knn.top1, regression = 0.1}, {metric = reconstruction.loss, regression = 0}");

        assertThat(regressed(gated, "knn", "top1", 0.5, 0.8, 0.75, 0.6, 0.9)).containsExactly(0.6);
        assertThat(regressed(gated, "reconstruction", "loss", 0.5, 0.4, 0.4, 0.41)).containsExactly(0.41);
        assertThat(regressed(promotions, "knn", "top1", 0.5, 0.1)).as("nobody asked").isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {metric = top1}                             | evaluator.gates[0].metric = top1: must be SUITE.METRIC
            {metric = knn.top1.k10}                     | must be higher or lower for knn.top1.k10
            {metric = knn.top1, better = more}          | evaluator.gates[0].better = more
            {metric = knn.top1, regression = -1}        | evaluator.gates[0].regression = -1
            {metric = knn.top1, least = 1}              | evaluator.gates[0].least
            """)
    void aGateThatIsNotAllowedIsNamed(String gate, String message) {
        assertThatThrownBy(() -> promotions(gate)).isInstanceOf(SettingException.class).hasMessageContaining(message);
    }

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
        assertThat(promotions.by(evaluation("run", "knn", "b", Map.of("top1", 0.8)), checkpoint())).isNotEmpty();
        assertThat(promotions.by(evaluation("other", "knn", "a", Map.of("top1", 0.8)), checkpoint()))
                .singleElement().satisfies(promotion -> {
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
        return promoted(promotions, suite, metric, values);
    }

    private static List<Double> regressed(Promotions promotions, String suite, String metric, double... values) {
        return DoubleStream.of(values).mapToObj(value -> evaluation("run", suite, "a", Map.of(metric, value)))
                .flatMap(evaluation -> {
                    final List<Verdict> verdicts = promotions.verdicts(evaluation);
                    promotions.remember(evaluation);
                    return verdicts.stream();
                }).filter(Verdict::regresses).map(Verdict::value).toList();
    }

    private static List<Double> promoted(Promotions promotions, String suite, String metric, double... values) {
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
