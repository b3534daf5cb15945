package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Compares {@code compose/docs/operations.md} with the code. */
class OperationsPageTest {
    @Test
    void everyEventTopicHasItsRow() throws IOException {
        for (final Topic<?> topic : new Topics("TOPICS.").events()) {
            final WantedTopic wanted = WantedTopic.events(topic);
            assertThat(page().lines().filter(line -> line.startsWith("| `" + topic.name() + "` | "))).as(topic.name())
                    .singleElement()
                    .asString()
                    .endsWith(" | " + wanted.partitions() + " | " + settings(wanted, TopicSetting::allowed, true) + " | "
                            + settings(wanted, TopicSetting::value, false) + " |");
        }
    }

    @Test
    void theRowOfImagesNamesEverySettingThatIsNeeded() throws IOException {
        final String row = page().lines().filter(line -> line.startsWith("| `TOPICS.images.STREAM` | ")).findFirst()
                .orElseThrow();
        for (final TopicSetting setting : TopicSettings.images(2, 64L << 20, 1 << 20)) {
            final String allowed = setting.allowed();
            assertThat(row).contains("`" + setting.key() + "` = "
                    + (setting.needs() == TopicSetting.Needs.AT_LEAST || setting.needs() == TopicSetting.Needs.AT_MOST
                            ? allowed.substring(0, allowed.lastIndexOf(' '))
                            : allowed));
        }
    }

    @Test
    void theRefusedKeysAreListed() throws IOException {
        final String list = page().lines().collect(Collectors.joining(" "));
        for (final String key : ReservedKeys.all())
            assertThat(list.substring(list.indexOf("These are refused"), list.indexOf("These follow from")))
                    .contains("`" + key + "`");
    }

    private static String settings(WantedTopic wanted, Function<TopicSetting, String> value, boolean needed) {
        return wanted.settings().stream()
                .filter(setting -> needed == (setting.needs() != TopicSetting.Needs.ANYTHING))
                .map(setting -> "`" + setting.key() + "` = " + value.apply(setting)).collect(Collectors.joining(", "));
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("..", "compose", "docs", "operations.md"));
    }
}
