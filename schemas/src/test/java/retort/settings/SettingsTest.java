package retort.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;

class SettingsTest {
    @TempDir
    Path directory;

    @Test
    void everyDefaultOfThisModule() {
        final Config defaults = Settings.load(Optional.empty(), List.of());
        assertThat(defaults.getLong("seed")).isZero();
        assertThat(KafkaSettings.from(defaults).bootstrapServers()).isEqualTo("127.0.0.1:9092");
        assertThat(defaults.getStringList("secret-keys")).isEmpty();
        assertThat(defaults.getString("topics.prefix")).isEqualTo(Topics.DEFAULT.prefix());
    }

    @Test
    void aFileOverridesTheDefaultsAndSetOverridesTheFileTheLastOneWinning() throws IOException {
        final Path file = Files.writeString(directory.resolve("retort.conf"), "seed = 1, topics.prefix = a.");
        final Config config = Settings.load(Optional.of(file), List.of("seed=2", "seed=3"));
        assertThat(config.getLong("seed")).isEqualTo(3);
        assertThat(config.getString("topics.prefix")).isEqualTo("a.");
    }

    @Test
    void anUnknownKeyNamesTheNearestKnownOne() {
        assertThatThrownBy(() -> Settings.load(Optional.empty(), List.of("topics.prefx=a")))
                .isInstanceOf(SettingException.class).hasMessageContaining("topics.prefx").hasMessageContaining("topics.prefix?");
        assertThatThrownBy(() -> Settings.load(Optional.empty(), List.of("topic.prefix=a")))
                .isInstanceOf(SettingException.class).hasMessageContaining("the roots are").hasMessageContaining("topics");
        assertThatThrownBy(() -> Settings.load(Optional.empty(), List.of("seed.x=1"))).isInstanceOf(SettingException.class);
    }

    @Test
    void aFractionIsNoWholeNumber() {
        final Section section = new Section(
                ConfigFactory.parseString("a = 1.5, b = \"2.5\", c = [1, 2.5], d = 2.0, e = [1e3, \"7\"]"), "x");
        for (final String key : List.of("a", "b"))
            assertThatThrownBy(() -> section.number(key, 0, 9)).isInstanceOf(SettingException.class)
                    .hasMessageContaining("setting x." + key + " = ").hasMessageEndingWith(".5: must be a whole number");
        assertThatThrownBy(() -> section.longs("c")).hasMessage("setting x.c = 2.5: must be a whole number");
        assertThatThrownBy(() -> section.integers("c")).hasMessage("setting x.c = 2.5: must be a whole number");
        assertThat(section.integer("d", 0, 9)).isEqualTo(2);
        assertThat(section.longs("e")).containsExactly(1000L, 7L);
    }

    @Test
    void kafkasOwnKeysArePassedOnInWhateverSpelling() {
        final Config config = Settings.over(ConfigFactory.parseString("""
                kafka { "bootstrap.servers" = "a:1", security.protocol = SSL, ssl { keystore { type = PEM } } }
                """));
        assertThat(KafkaSettings.from(config).properties()).containsOnly(java.util.Map.entry("bootstrap.servers", "a:1"),
                java.util.Map.entry("security.protocol", "SSL"), java.util.Map.entry("ssl.keystore.type", "PEM"));
        for (final String given : List.of("kafka.bootstrap.servers=b:2,c:3", "kafka.\"bootstrap.servers\"=b:2,c:3"))
            assertThat(KafkaSettings.from(Settings.load(Optional.empty(), List.of(given))).bootstrapServers())
                    .isEqualTo("b:2,c:3");
        assertThatThrownBy(() -> KafkaSettings.from(Settings.load(Optional.empty(), List.of("kafka.bootstrap.servers="))))
                .isInstanceOf(SettingException.class).hasMessageContaining("kafka.bootstrap.servers is empty");
    }

    /** Kafka's properties are texts, so a value that HOCON would read as a number must not change. */
    @Test
    void kafkasKeyOfTheCommandLineWinsOverTheFileInEverySpelling() throws IOException {
        for (final String file : List.of("kafka.bootstrap.servers = \"a:1\"", "kafka { \"bootstrap.servers\" = \"a:1\" }",
                "kafka { bootstrap { servers = \"a:1\" } }"))
            for (final String given : List.of("kafka.bootstrap.servers=b:2", "kafka.\"bootstrap.servers\"=b:2"))
                assertThat(kafka(List.of(given), Optional.of(Files.writeString(directory.resolve("kafka.conf"), file))))
                        .as(file + " and " + given).containsEntry("bootstrap.servers", "b:2");
    }

    @Test
    void aKeyIsGivenTwiceTheSecondTimeByAVariable() throws IOException {
        final Path file = Files.writeString(directory.resolve("twice.conf"), """
                seed = 7
                seed = ${?SEED}
                topics.prefix = "a."
                topics.prefix = ${?PREFIX}
                kafka.bootstrap.servers = "a:1"
                kafka.bootstrap.servers = ${?BROKER}
                secret-keys = [x]
                secret-keys = ${?NOTHING}
                """);
        final java.util.Map<String, String> variables = java.util.Map.of("SEED", "9", "BROKER", "b:2");
        final Config settings = Settings.over(Settings.parse(file), variables::get);
        assertThat(settings.getInt("seed")).isEqualTo(9);
        assertThat(settings.getString("topics.prefix")).isEqualTo("a.");
        assertThat(settings.getStringList("secret-keys")).containsExactly("x");
        assertThat(KafkaSettings.from(settings).bootstrapServers()).isEqualTo("b:2");
    }

    @Test
    void kafkasValuesArriveToTheLetterFromTheCommandLineAndFromAFile() throws IOException {
        for (final String value : List.of("0123", "1e5", "1.50", "007.0", "true", "yes", "null", "\"quoted\"", "'x'", "a # b",
                "a//b",
                "x=y", "{}", "[1, 2]", "${HOME}", "$x", "C:\\a\\n", "", " a ", "a  b", "\u00fc", "+1", "-0", "10ms", "0x1F",
                "include x")) {
            assertThat(kafka(List.of("kafka.client.rack=" + value), Optional.empty())).as("--set " + value)
                    .containsEntry("client.rack", value);
            final Path file = Files.writeString(directory.resolve("kafka.conf"),
                    "kafka.client.rack = " + com.typesafe.config.ConfigUtil.quoteString(value));
            assertThat(kafka(List.of(), Optional.of(file))).as("quoted in a file: " + value).containsEntry("client.rack", value);
        }
        for (final String value : List.of("0123", "1e5", "1.50", "true", "yes", "-0", "10ms", "1e400", "00"))
            assertThat(kafka(List.of(), Optional.of(Files.writeString(directory.resolve("kafka.conf"),
                    "kafka { client.rack = " + value + " }")))).as("bare in a file: " + value)
                    .containsEntry("client.rack", value);
    }

    @Test
    void aListIsNoValueOfKafkas() throws IOException {
        final Path file = Files.writeString(directory.resolve("kafka.conf"), "kafka.bootstrap.servers = [\"a:1\", \"b:2\"]");
        assertThatThrownBy(() -> Settings.load(Optional.of(file), List.of())).isInstanceOf(SettingException.class)
                .hasMessageContaining("kafka.bootstrap.servers is a list").hasMessageContaining("commas");
    }

    private static java.util.Map<String, String> kafka(List<String> overrides, Optional<Path> file) {
        return KafkaSettings.from(Settings.load(file, overrides)).properties();
    }

    @Test
    void clientsDoNotWaitLongForAMachineThatHasVanishedUnlessAUserWantsThemTo() {
        final String key = "socket.connection.setup.timeout.ms";
        assertThat(KafkaSettings.of("a:1").with(java.util.Map.of())).containsEntry(key, "1000");
        assertThat(new KafkaSettings(java.util.Map.of("bootstrap.servers", "a:1", key, "5000")).with(java.util.Map.of()))
                .containsEntry(key, "5000");
    }

    @Test
    void secretsStayOutOfLogs() {
        assertThat(KafkaSettings.of("a:1").with(java.util.Map.of())).containsEntry("bootstrap.servers", "a:1");
        assertThat(new KafkaSettings(java.util.Map.of("bootstrap.servers", "a:1", "sasl.jaas.config", "hunter2")))
                .asString().contains("a:1", "sasl.jaas.config").doesNotContain("hunter2");
    }

    @Test
    void valuesGivenOnTheCommandLineAreTakenAsTheyStand() {
        for (final String value : List.of("idx:/data/a b", "/data//a#1", "C:\\data", "file:///x", "a=b", "10%"))
            assertThat(Settings.load(Optional.empty(), List.of("topics.prefix=" + value)).getString("topics.prefix"))
                    .isEqualTo(value);
        assertThatThrownBy(() -> Settings.load(Optional.empty(), List.of("seed"))).isInstanceOf(SettingException.class)
                .hasMessageContaining("--set seed: give KEY=VALUE");
    }

    @Test
    void filesThatAreNotThereOrNotHoconAreNamed() throws IOException {
        final Path missing = directory.resolve("none.conf");
        assertThatThrownBy(() -> Settings.load(Optional.of(missing), List.of())).isInstanceOf(SettingException.class)
                .hasMessageContaining(missing.toString());
        final Path broken = Files.writeString(directory.resolve("broken.conf"), "seed = [");
        assertThatThrownBy(() -> Settings.load(Optional.of(broken), List.of())).isInstanceOf(SettingException.class)
                .hasMessageContaining(broken.toString());
    }

    @Test
    void unitsAndRanges() {
        final Section section = Section.of(ConfigFactory.parseString("""
                a { bytes = 16MiB, time = 10s, count = 3, ratio = 0.75, word = blue, list = [1, 2], on = yes, none = "" }
                """), "a");
        assertThat(section.bytes("bytes", 0, 1L << 40)).isEqualTo(16 << 20);
        assertThat(section.duration("time", Duration.ZERO, Duration.ofHours(1))).isEqualTo(Duration.ofSeconds(10));
        assertThat(section.integer("count", 0, 3)).isEqualTo(3);
        assertThat(section.real("ratio", 0, 1)).isEqualTo(0.75);
        assertThat(section.integers("list")).containsExactly(1, 2);
        assertThat(section.bool("on")).isTrue();
        assertThat(section.optionalString("none")).isEmpty();
        assertThat(section.optionalString("absent")).isEmpty();
        assertThat(section.oneOf("word", Set.of("blue", "red"))).isEqualTo("blue");
        assertThatThrownBy(() -> section.integer("count", 4, 9)).isInstanceOf(SettingException.class)
                .hasMessage("setting a.count = 3: must be 4 to 9");
        assertThatThrownBy(() -> section.bytes("bytes", 0, 5)).isInstanceOf(SettingException.class)
                .hasMessageContaining("a.bytes").hasMessageContaining("0 to 5 bytes");
        assertThatThrownBy(() -> section.duration("time", Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(SettingException.class).hasMessageContaining("a.time");
        assertThatThrownBy(() -> section.oneOf("word", Set.of("red"))).isInstanceOf(SettingException.class)
                .hasMessageContaining("must be one of [red]");
        assertThatThrownBy(() -> section.real("ratio", 0.8, 1)).isInstanceOf(SettingException.class);
        assertThatThrownBy(() -> section.integer("word", 0, 1)).isInstanceOf(SettingException.class)
                .hasMessageContaining("a.word = blue");
        assertThatThrownBy(() -> section.string("absent")).isInstanceOf(SettingException.class)
                .hasMessage("setting a.absent is missing: give it a value");
    }

    @Test
    void objectsInListsAreCheckedByTheirReader() {
        final Section part = Section.of(ConfigFactory.parseString("runs = {list = [{name = a, stpes = 3}]}"), "runs")
                .sections("list").getFirst();
        assertThatThrownBy(() -> part.only(Set.of("name", "steps"))).isInstanceOf(SettingException.class)
                .hasMessageContaining("runs.list[0].stpes").hasMessageContaining("[name, steps]");
        assertThat(part.withFallback(Section.of(ConfigFactory.parseString("d.steps = 5"), "d")).integer("steps", 0, 9))
                .isEqualTo(5);
        assertThat(part.error("name", "a", "must be b")).hasMessage("setting runs.list[0].name = a: must be b");
    }
}
