package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import retort.compose.local.LocalSettings;
import retort.compose.study.StudySettings;
import retort.evaluator.EvaluatorSettings;
import retort.evaluator.page.PageSettings;
import retort.evaluator.suite.Suites;
import retort.evaluator.webhook.Webhook;
import retort.ingest.settings.IngestSettings;
import retort.kafka.Broker;
import retort.place.PlaceSettings;
import retort.metrics.MetricsSettings;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.trainer.settings.TrainerSettings;

/**
 * Proves that every key of every reference.conf is read. Each key in turn gets an object as its value. No reader of a number, a text or a
 * list accepts an object, so a key that is read is refused. If the key is not refused, no code reads it.
 */
final class EverySettingTest {
    private static final ConfigValue WRONG = ConfigValueFactory.fromMap(Map.of("no-reader-takes-this", 1));

    /** Some keys are read only if another key has a certain value. Together these runs and recipes read all keys. */
    private static final List<String> VARIANTS = List.of(
            "ingest.recipe.name = pretrain, trainer.runs = [{name = a, objective = pretrain}]",
            "ingest.recipe.name = finetune, trainer.runs = [{name = a, objective = distill}, {name = b, objective = relate},"
                    + " {name = c, objective = decode}, {name = d, objective = align}], trainer.teacher = \"run:t\", trainer.align.second-teacher.teacher = \"run:u\"",
            "ingest.recipe.name = none, trainer.teacher = \"run:t\", trainer.finetune.init = scratch,"
                    + " trainer.runs = [{name = a, objective = finetune}]");

    private static final String SOURCES = "ingest { source = \"idx:a\", val.source = \"idx:b\" }, study { seeds = [1],"
            + " runs = [{name = a, objective = pretrain}], figures = [a/knn.top1] }";

    static Stream<String> keys() {
        return Settings.reference().entrySet().stream().map(Map.Entry::getKey)
                .filter(key -> Settings.load(java.util.Optional.empty(), List.of()).hasPath(key))
                .filter(EverySettingTest::isOurs).sorted();
    }

    /** Excludes the keys of libraries, which have reference.conf files, too. */
    private static boolean isOurs(String key) {
        return Set
                .of("seed", "secret-keys", "kafka", "topics", "ingest", "trainer", "evaluator", "local", "study", "places",
                        "metrics",
                        "schema-registry", "page")
                .contains(key.split("\\.")[0]);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void isRead(String key) {
        assertThat(VARIANTS.stream().anyMatch(variant -> refuses(variant, key)))
                .as("a reader of " + key + ", which its reference.conf describes").isTrue();
    }

    /** The control: the variants themselves are allowed, so the wrong value alone is the reason of the refusal above. */
    @Test
    void nothingIsRefusedWhereNothingIsWrong() {
        VARIANTS.forEach(variant -> readAll(settings(variant)));
    }

    @Test
    void aKeyThatNoReaderKnowsIsNoticed() {
        final Config unread = settings(VARIANTS.getFirst()).withValue("evaluator.nobody-reads-this", WRONG);
        readAll(unread);
        assertThatThrownBy(() -> readAll(unread.withValue("evaluator.batch", WRONG))).isInstanceOf(SettingException.class)
                .hasMessageContaining("evaluator.batch");
    }

    private static boolean refuses(String variant, String key) {
        try {
            readAll(settings(variant).withValue(key, WRONG));
            return false;
        } catch (SettingException | com.typesafe.config.ConfigException e) {
            return true;
        }
    }

    private static Config settings(String variant) {
        return Settings.over(ConfigFactory.parseString(variant).withFallback(ConfigFactory.parseString(SOURCES)));
    }

    private static void readAll(Config whole) {
        Broker.from(whole);
        IngestSettings.from(whole);
        PlaceSettings.from(whole);
        TrainerSettings.from(whole);
        Suites.configured(whole, List.copyOf(Suites.registered().keySet()), EvaluatorSettings.from(whole).streams().keySet());
        Webhook.from(whole, Broker.from(whole), "every-setting"); // starts nothing without an address
        LocalSettings.from(whole);
        StudySettings.from(whole);
        MetricsSettings.from(whole);
        PageSettings.from(whole);
    }
}
