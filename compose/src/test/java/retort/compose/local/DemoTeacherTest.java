package retort.compose.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.trainer.settings.TrainerSettings;

class DemoTeacherTest {
    private static final Path HOME = Path.of(System.getenv("RETORT_HOME"));

    @Test
    void isTrainedBeforeTheRunsThatDistilFromIt() {
        final Config config = DemoTeacher.of("train", HOME).in(demo());
        assertThat(config.getConfigList("trainer.runs")).extracting(run -> run.getString("name")).startsWith("teacher",
                "student");
        assertThat(config.getConfigList("trainer.runs").get(1).getString("teacher")).isEqualTo("run:teacher");
        assertThat(config.getConfigList("trainer.runs").stream().skip(2)).noneMatch(run -> run.hasPath("teacher"));
        assertThat(TrainerSettings.from(config).runs()).hasSameSizeAs(config.getConfigList("trainer.runs"));
    }

    @Test
    void mayBeAnotherFile() {
        final Config config = DemoTeacher.of("file:/models/mine.safetensors", HOME).in(demo());
        assertThat(config.getConfigList("trainer.runs")).hasSameSizeAs(demo().getConfigList("trainer.runs")).first()
                .extracting(run -> run.getString("teacher")).isEqualTo("file:/models/mine.safetensors");
    }

    @Test
    void anyOtherWordIsRefusedWithTheWaysOn() {
        assertThatThrownBy(() -> DemoTeacher.of("trian", HOME)).isInstanceOf(SettingException.class)
                .hasMessageContaining("--teacher").hasMessageContaining("train, or weights");
    }

    private static Config demo() {
        return Settings.over(Settings.parse(HOME.resolve("demo.conf")));
    }
}
