package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares {@code compose/docs/operations.md} with the code. */
class OperationsPageTest {
    /** Parts of a sentence up to this length are names and numbers. */
    private static final int TELLING = 12;

    @Test
    void everyEventTopicHasItsRow() throws IOException {
        for (final WantedTopic wanted : new Topics("TOPICS.", Set.of(), Optional.empty(), true).wanted()) {
            assertThat(page().lines().filter(line -> line.startsWith("| `" + wanted.name() + "` | "))).as(wanted.name())
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

    /** The timeouts by their rows: the constant that holds each. */
    @Test
    void everyTimeoutIsTheOneInTheCode() throws IOException {
        final Map<String, String> constants = Map.ofEntries(Map.entry("a call at the start", "schemas/kafka/Broker TIMEOUT"),
                Map.entry("a reader's question", "schemas/kafka/ConsumerSettings PATIENCE"),
                Map.entry("a transaction", "schemas/kafka/ProducerSettings TRANSACTION_TIMEOUT"),
                Map.entry("finding the cause of a timeout", "schemas/kafka/Reachability CONNECT"),
                Map.entry("closing a sink", "schemas/kafka/RecordSink CLOSE_TIMEOUT"),
                Map.entry("closing a reader", "schemas/kafka/ConsumerSettings CLOSING"),
                Map.entry("ingest leaves", "ingest/ingest/IngestService STOP"),
                Map.entry("a trainer's announcement, when it leaves", "trainer/trainer/pipeline/Announcements LEAVING"),
                Map.entry("a trainer's last progress", "trainer/trainer/pipeline/Heartbeat CLOSING"),
                Map.entry("a trainer's deletions, when it leaves", "trainer/trainer/pipeline/Keeper CLOSING"),
                Map.entry("a wait for images, in a trainer", "trainer/trainer/pipeline/Heartbeat WAITING_TOLD"));
        for (final Map.Entry<String, String> constant : constants.entrySet()) {
            final String[] place = constant.getValue().split(" ", -1);
            final int slash = place[0].indexOf('/');
            final String source = Files
                    .readString(OperationsPage.root().resolve(place[0].substring(0, slash)).resolve("src/main/java/retort")
                            .resolve(place[0].substring(slash + 1) + ".java"));
            final Matcher seconds = Pattern.compile("Duration " + place[1] + " = Duration\\.ofSeconds\\((\\d+)\\)")
                    .matcher(source);
            assertThat(seconds.find()).as(constant.getValue()).isTrue();
            assertThat(OperationsPage.table("Timeouts")).as(constant.getKey())
                    .anySatisfy(row -> assertThat(row.getFirst()).isEqualTo(constant.getKey()))
                    .allSatisfy(row -> {
                        if (row.getFirst().equals(constant.getKey()))
                            assertThat(row.get(1)).startsWith(seconds.group(1) + " s");
                    });
        }
    }

    /** Every part of a sentence on the page is in the code, where a test of the sentence itself compares the whole. */
    @Test
    void everySentenceIsOneOfTheCode() throws IOException {
        final StringBuilder literals = new StringBuilder();
        for (final String module : List.of("schemas", "ingest", "trainer"))
            try (Stream<Path> files = Files.walk(OperationsPage.root().resolve(module).resolve("src/main/java"))) {
                for (final Path file : files.filter(path -> path.toString().endsWith(".java")).toList())
                    literals.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", "")).append('\n');
            }
        for (final String sentence : OperationsPage.sentences())
            for (final String part : sentence.split("\\.{3,}", -1))
                if (part.strip().length() > TELLING)
                    assertThat(literals.toString()).as(sentence).contains(part.strip());
    }

    private static String settings(WantedTopic wanted, Function<TopicSetting, String> value, boolean needed) {
        return wanted.settings().stream()
                .filter(setting -> needed == (setting.needs() != TopicSetting.Needs.ANYTHING))
                .map(setting -> "`" + setting.key() + "` = " + value.apply(setting)).collect(Collectors.joining(", "));
    }

    private static String page() {
        return OperationsPage.text();
    }
}
