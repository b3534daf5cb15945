package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.evaluator.suite.ConfiguredSuite;
import retort.evaluator.suite.Suites;
import retort.settings.Section;
import retort.settings.SettingException;
import retort.settings.Settings;

class EvaluatorSettingsTest {
    @Test
    void everyDefaultIsAsDocumented() {
        // The role "hard" comes from the suite of the tests, org.example.BrightnessSuite.
        assertThat(EvaluatorSettings.from(Settings.reference())).isEqualTo(new EvaluatorSettings("evaluator", Optional.empty(),
                Gate.all(Section.of(Settings.reference(), "evaluator"), Suites.registered().entrySet().stream().collect(
                        Collectors.toMap(Map.Entry::getKey, suite -> suite.getValue().description().figure()))),
                0.25, 0,
                new TreeMap<>(Map.of("val", "val", "probe", "probe", "hard", "hard")),
                List.of("knn", "reconstruction", "classification"), true, 128, 64 << 20, 16 << 20, Optional.empty(),
                Duration.ofSeconds(30)));
    }

    @Test
    void everyDefaultOfASuiteThatShapesItsResultIsAsDocumented() {
        final Map<String, Map<String, String>> identities = Suites
                .configured(Settings.reference(), List.of("knn", "linear", "reconstruction", "classification", "align"),
                        Set.of("val", "probe"))
                .stream().collect(Collectors.toMap(ConfiguredSuite::name, suite -> suite.identity().settings()));
        assertThat(identities)
                .isEqualTo(Map.of("knn", Map.of("k", "20", "more-k", "[10, 20, 100]", "temperature", "0.07"), "reconstruction",
                        Map.of("mask-seed", "0"), "classification", Map.of(), "align", Map.of("mask-seed", "0"), "linear",
                        Map.of("epochs", "20", "least-steps", "300", "batch", "1024", "lr", "8", "warmup", "0.1", "weight-decay",
                                "0",
                                "seed", "0")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            evaluator.suites=[]             | evaluator.suites = []
            evaluator.suites=[knn, knn]     | evaluator.suites = [knn, knn]
            evaluator.suites=[linprobe]     | evaluator.suites = [linprobe]: must be some of [
            evaluator.knn.k=0               | evaluator.knn.k = 0: must be 1 to 10000
            evaluator.knn.more-k=[5, 0]     | evaluator.knn.more-k = [0, 5]: each must be 1 to 10000
            evaluator.linear.batch=1        | evaluator.linear.batch = 1: must be 2 to
            evaluator.linear.checkpoints=1  | must be one of [all, last, latest]
            evaluator.knn.every=0           | evaluator.knn.every = 0: must be 1 to
            evaluator.share=0               | evaluator.share = 0
            evaluator.knn.temperature=0     | evaluator.knn.temperature = 0.0
            evaluator.streams.val=""        | evaluator.streams.val
            evaluator.batch=many            | evaluator.batch = many
            evaluator.timeout=1ms           | evaluator.timeout = PT0.001S
            """)
    void aBadSettingIsNamedWithItsValue(String override, String message) {
        assertThatThrownBy(() -> {
            final Config config = Settings.load(Optional.empty(), List.of("evaluator.suites=[knn, linear]", override));
            final EvaluatorSettings settings = EvaluatorSettings.from(config);
            Suites.configured(config, settings.suites(), settings.streams().keySet());
        })
                .isInstanceOf(SettingException.class).hasMessageContaining(message);
    }
}
