package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import retort.settings.SettingException;
import retort.settings.Settings;

class EvaluatorSettingsTest {
    @Test
    void everyDefaultIsAsDocumented() {
        assertThat(EvaluatorSettings.from(Settings.reference())).isEqualTo(new EvaluatorSettings("evaluator", "val", "probe",
                List.of("knn", "reconstruction", "classification"), true, new EvaluatorSettings.Knn(20, 0.07, 1024, 256 << 20), 0,
                128, 64 << 20,
                16 << 20, Duration.ofSeconds(30)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            evaluator.suites=[]             | evaluator.suites = []
            evaluator.suites=[knn, knn]     | evaluator.suites = [knn, knn]
            evaluator.suites=[linprobe]     | must be some of [knn, reconstruction, classification]
            evaluator.knn.k=0               | evaluator.knn.k = 0: must be 1 to 10000
            evaluator.knn.temperature=0     | evaluator.knn.temperature = 0.0
            evaluator.streams.val=""        | evaluator.streams.val
            evaluator.batch=many            | evaluator.batch = many
            evaluator.timeout=1ms           | evaluator.timeout = PT0.001S
            """)
    void aBadSettingIsNamedWithItsValue(String override, String message) {
        assertThatThrownBy(() -> EvaluatorSettings.from(Settings.load(Optional.empty(), List.of(override))))
                .isInstanceOf(SettingException.class).hasMessageContaining(message);
    }
}
