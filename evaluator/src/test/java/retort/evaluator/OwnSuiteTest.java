package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;
import retort.console.StatusLine;
import retort.evaluator.feed.EvaluationTable;
import retort.evaluator.suite.ConfiguredSuite;
import retort.evaluator.suite.Suites;
import retort.record.Evaluation;
import retort.record.Promotion;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;

/** Adds a suite from outside this module: one class, {@link org.example.BrightnessSuite}, and one line in META-INF/services. */
class OwnSuiteTest {
    @TempDir
    static Path directory;

    @Test
    void isFoundScoredPublishedAndPromotedLikeAnyOther() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"));
                Engine engine = Engine.start(new EngineSettings("cpu", 1));
                Published published = new Published(broker, directory.resolve("checkpoints"))) {
            published.complete(published.stream("hard", 20, 4000));
            published.checkpoint("run", 0, 1);

            final Config config = config("kafka.bootstrap.servers=" + broker.bootstrapServers(),
                    "topics.prefix=" + published.topics.prefix(), "evaluator.suites=[brightness]",
                    "evaluator.brightness.threshold=79");
            try (EvaluatorService service = EvaluatorService.start(config, engine, StatusLine.SILENT)) {
                service.caughtUp().block(Duration.ofSeconds(60));
            }

            final List<Evaluation> evaluations = published.all(published.topics.evaluations());
            assertThat(evaluations).singleElement().satisfies(evaluation -> {
                assertThat(evaluation.getSuite()).isEqualTo("brightness");
                assertThat(evaluation.getStream()).isEqualTo("hard");
                assertThat(evaluation.getImages()).isEqualTo(20);
                assertThat(evaluation.getMetrics().get("dark")).isCloseTo(darkPixels(), within(1e-12));
            });
            assertThat(published.all(published.topics.promotions())).extracting(Promotion::getMetric)
                    .containsExactly("brightness.dark");
            assertThat(EvaluationTable.of(evaluations)).first().asString().isEqualTo("run  objective  step  dark pixels");
        }
    }

    @Test
    void itsSettingsAreCheckedAtTheStartAndThoseThatShapeItsResultNameIt() {
        assertThatThrownBy(() -> brightness("evaluator.brightness.threshold=256")).isInstanceOf(SettingException.class)
                .hasMessageContaining("evaluator.brightness.threshold = 256: must be 0 to 255");

        assertThat(brightness("evaluator.brightness.note=other").identity()).isEqualTo(brightness().identity());
        assertThat(brightness("evaluator.brightness.threshold=1").identity()).isNotEqualTo(brightness().identity());
        assertThat(brightness().identity().settings()).isEqualTo(Map.of("threshold", "127"));
    }

    @Test
    void aStreamOfARoleThatNoSettingNamesStopsTheStart() {
        assertThatThrownBy(() -> Suites.configured(ConfigFactory.empty(), List.of("brightness"), Set.of("val")))
                .isInstanceOf(SettingException.class)
                .hasMessage("suite brightness reads a stream of role hard, which no setting names: give evaluator.streams.hard");
    }

    private static ConfiguredSuite brightness(String... overrides) {
        return Suites.configured(config(overrides), List.of("brightness"), Set.of("hard")).getFirst();
    }

    private static Config config(String... overrides) {
        return Settings.load(Optional.empty(), Stream.of(overrides).toList());
    }

    private static double darkPixels() {
        return LongStream.range(4000, 4020).mapToObj(id -> Published.pixels(id, (int) (id % Published.CLASSES)))
                .mapToDouble(pixels -> {
                    int dark = 0;
                    for (final byte pixel : pixels)
                        dark += (pixel & 0xFF) <= 79 ? 1 : 0;
                    return dark / (double) pixels.length;
                }).average().orElseThrow();
    }
}
