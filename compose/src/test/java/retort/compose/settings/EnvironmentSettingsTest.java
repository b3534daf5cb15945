package retort.compose.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import retort.evaluator.page.PageSettings;
import retort.ingest.settings.IngestSettings;
import retort.kafka.Broker;
import retort.metrics.MetricsSettings;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.trainer.settings.TrainerSettings;

final class EnvironmentSettingsTest {
    private static final Path COMPOSE = Path.of(System.getProperty("retort.root"), "compose");
    private static final Pattern NAME = Pattern.compile("\\b(RETORT|AWS)_[A-Z0-9_]+");
    private static final Set<String> OF_THE_FILES = Set.of("RETORT_HEAP", "RETORT_BOOTSTRAP", "RETORT_MASKS");

    @TempDir
    private Path folder;
    private Path data;
    private Path file;

    @BeforeEach
    void hasAFolderOfImages() throws IOException {
        data = Files.createDirectories(folder.resolve("data"));
        file = folder.resolve("settings.conf");
    }

    @Test
    void isTheDemoWithoutAnyVariableAndWithEmptyOnes() {
        final Config demo = Settings.over(
                Settings.parse(COMPOSE.resolve("demo.conf")).withFallback(ConfigFactory.parseString("ingest.partitions = 4")));
        assertThat(read(Map.of())).isEqualTo(demo);
        assertThat(read(Map.of("RETORT_SOURCE", "", "RETORT_PRESET", " ", "RETORT_SEED", ""))).isEqualTo(demo);
    }

    @Test
    void trainsTheRunsOfOwnConfOnAFolder() throws IOException {
        assertThat(read(Map.of("RETORT_FOLDER", "/home/me/photographs")).getString("ingest.source")).isEqualTo("folder:" + data);

        Files.createDirectories(data.resolve("train"));
        Files.createDirectories(data.resolve("val"));
        final Config both = read(Map.of("RETORT_FOLDER", "/home/me/photographs", "RETORT_IMAGE", "96"));
        assertThat(both.getString("ingest.source")).isEqualTo("folder:" + data.resolve("train"));
        assertThat(both.getString("ingest.val.source")).isEqualTo("folder:" + data.resolve("val"));
        assertThat(both.getInt("ingest.image")).isEqualTo(96);
        assertThat(both.getInt("ingest.channels")).as("the demo's is 1").isEqualTo(3);
        assertThat(TrainerSettings.from(both).runs()).extracting(run -> run.name())
                .containsExactly("teacher", "student", "student-mae");
        IngestSettings.from(both);
    }

    @Test
    void aSourceGoesBeforeTheFolderAndBringsItsOwnValidation() throws IOException {
        Files.createDirectories(data.resolve("val"));
        final Config config = read(Map.of("RETORT_FOLDER", "/x", "RETORT_SOURCE", "webdataset:/data/train-{0000..0146}.tar"));
        assertThat(config.getString("ingest.source")).isEqualTo("webdataset:/data/train-{0000..0146}.tar");
        assertThat(config.getString("ingest.val.source")).isEmpty();
    }

    @Test
    void everyVariableHasPriorityOverThePresetAndTheFile() throws IOException {
        Files.writeString(file,
                "ingest.image = 192, ingest.partitions = 2, trainer.mask-ratio = 0.5, seed = 3, trainer.batch = 512");
        final Config config = read(Map.of("RETORT_FOLDER", "/x", "RETORT_PRESET", "dmae-vits", "RETORT_TEACHER",
                "https://example.org/teacher.pth#model", "RETORT_MASK_RATIO", ".95", "RETORT_DEVICE", "cuda:1",
                "RETORT_CHECKPOINTS", "s3://models/retort", "RETORT_S3_ENDPOINT", "http://127.0.0.1:9000", "RETORT_S3_REGION",
                "eu-west-1", "RETORT_SEED", "7"));
        assertThat(config.getInt("ingest.image")).as("of the file").isEqualTo(192);
        assertThat(config.getInt("trainer.batch")).as("of the file").isEqualTo(512);
        assertThat(config.getInt("ingest.partitions")).as("of the file").isEqualTo(2);
        assertThat(config.getString("ingest.recipe.name")).as("of the preset").isEqualTo("pretrain");
        assertThat(config.getString("trainer.teacher")).isEqualTo("https://example.org/teacher.pth#model");
        assertThat(config.getDouble("trainer.mask-ratio")).isEqualTo(0.95);
        assertThat(config.getString("trainer.optimizer.micro-batches")).as("a preset's suit large machines").isEqualTo("auto");
        assertThat(config.getString("trainer.device")).isEqualTo("cuda:1");
        assertThat(config.getString("trainer.checkpoints")).isEqualTo("s3://models/retort");
        assertThat(config.getString("places.s3.endpoint")).isEqualTo("http://127.0.0.1:9000");
        assertThat(config.getString("places.s3.region")).isEqualTo("eu-west-1");
        assertThat(config.getLong("seed")).isEqualTo(7);
    }

    @Test
    void aFileWithRunsAndASourceStandsOnTheDefaultsAlone() throws IOException {
        Files.writeString(file,
                "ingest.source = \"folder:\"${RETORT_DATA}, trainer.runs = [{name = mine, objective = pretrain}]");
        final Config config = read(Map.of());
        assertThat(TrainerSettings.from(config).runs()).singleElement()
                .satisfies(run -> assertThat(run.name()).isEqualTo("mine"));
        assertThat(config.getInt("ingest.image")).isEqualTo(Settings.reference().getInt("ingest.image"));
    }

    @Test
    void theFileThatIsShippedSetsNothing() {
        assertThat(Settings.parse(COMPOSE.resolve("settings.conf")).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "RETORT_IMAGE      | 64px  | RETORT_IMAGE=64px is no side of an image in pixels: give a whole number such as 224",
            "RETORT_IMAGE      | 0     | RETORT_IMAGE=0 is no side of an image in pixels: give a whole number such as 224",
            "RETORT_MASK_RATIO | 75    | RETORT_MASK_RATIO=75 is no share of the patches: give a number from 0 to 1 such as 0.75",
            "RETORT_MASK_RATIO | 1.5   | RETORT_MASK_RATIO=1.5 is no share of the patches: give a number from 0 to 1 such as 0.75",
            "RETORT_DEVICE     | gpu   | RETORT_DEVICE=gpu is no device: give auto, cpu or cuda:N such as cuda:0",
            "RETORT_SEED       | lucky | RETORT_SEED=lucky is no seed: give a whole number such as 1",
            "RETORT_PRESET     | mae-vitx | RETORT_PRESET=mae-vitx is unknown: did you mean mae-vitl?: there are dmae-vitb-imagenet,",
            "RETORT_PRESET     | mae-vits | RETORT_PRESET=mae-vits needs images of yours: set RETORT_FOLDER"})
    void aValueThatIsNotAllowedIsNamedInOneSentence(String name, String value, String sentence) {
        assertThatThrownBy(() -> read(Map.of(name, value))).isInstanceOf(SettingException.class)
                .hasMessageStartingWith(sentence).message().doesNotContain("\n");
    }

    @Test
    void aSettingsFileThatDockerMadeAFolderIsNamed() throws IOException {
        Files.createDirectories(file);
        assertThat(read(Map.of()).getString("ingest.source")).as("nobody asked for one").startsWith("idx:");
        assertThatThrownBy(() -> read(Map.of("RETORT_SETTINGS", "./mine.conf"))).isInstanceOf(SettingException.class)
                .hasMessageStartingWith("RETORT_SETTINGS=./mine.conf is a folder, or does not exist on this machine");
    }

    /** A failure that a service finds out by itself names a setting, or a place as the service sees it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "RETORT_DEVICE | cuda:0 | setting trainer.device = cuda:0: this libtorch sees 0 GPUs | (RETORT_DEVICE=cuda:0)",
            "RETORT_MASK_RATIO | 0 | setting trainer.runs[0].mask-ratio = 0: none is masked | (RETORT_MASK_RATIO=0)",
            "RETORT_SOURCE | folder:/data/trian | folder:/data/trian: no folder is there | (RETORT_SOURCE=folder:/data/trian)",
            "RETORT_REGISTRY | http://me:word@r:8081 | http://me:********@r:8081 does not answer | (RETORT_REGISTRY=http://me:********@r:8081)",
            "RETORT_FOLDER | /home/me/photos | folder:DATA has no images | (DATA is RETORT_FOLDER=/home/me/photos)",
            "RETORT_SETTINGS | ./mine.conf | settings file FILE is not HOCON | (FILE is RETORT_SETTINGS=./mine.conf)",
            "RETORT_SEED | 1x | RETORT_SEED=1x is no seed | ''",
            "RETORT_IMAGE | 96 | a record of 96 images is too large | ''"})
    void aFailureNamesTheVariableThatItIsAbout(String name, String value, String sentence, String added) {
        final UnaryOperator<String> places = text -> text.replace("DATA", data.toString()).replace("FILE", file.toString());
        assertThat(settings().explained(places.apply(sentence), Map.of(name, value)::get))
                .isEqualTo(places.apply(sentence + (added.isEmpty() ? "" : " " + added)));
    }

    /** Taken for a folder, such an address would be one in the container, and checkpoints would not be where a person looks for them. */
    @ParameterizedTest
    @ValueSource(strings = {"gs://models/retort", "S3://models/retort", "s3:/models/retort", "file:/mnt/runs", "https://host/x"})
    void checkpointsAtAnAddressThatNothingIsWrittenToAreRefused(String place) {
        assertThatThrownBy(() -> TrainerSettings.from(read(Map.of("RETORT_CHECKPOINTS", place))))
                .isInstanceOf(SettingException.class)
                .hasMessage("setting trainer.checkpoints = " + place + ": must be a folder on a disk or s3://BUCKET/FOLDER");
    }

    @Test
    void aContainerHasTheBrokerBesideItAndShowsItsHealth() {
        final Config config = Settings.over(Settings.parse(COMPOSE.resolve("container.conf"))
                .resolveWith(ConfigFactory.parseMap(Map.of("RETORT_BOOTSTRAP", "kafka:9092", "HOSTNAME", "4f2a9c")))
                .withFallback(ConfigFactory.parseString("ingest.source = \"folder:/data\"")));
        assertThat(IngestSettings.from(config).group()).as("several ingest services share").hasValue("stack");
        assertThat(IngestSettings.from(config).id()).isEqualTo("4f2a9c");
        assertThat(Broker.from(config).kafka().bootstrapServers()).isEqualTo("kafka:9092");
        assertThat(MetricsSettings.from(config).enabled()).isTrue();
        assertThat(PageSettings.from(config).enabled()).isTrue();
    }

    /** A variable that is read and not handed on, or handed on and not described, would do nothing without a word. */
    @Test
    void theComposeFileHandsOnEveryVariableAndTheExampleDescribesIt() throws IOException {
        final String stack = Files.readString(COMPOSE.resolve("docker-compose.yml"));
        final Set<String> handed = new TreeSet<>();
        final Matcher line = Pattern.compile("(?m)^ {4}((RETORT|AWS)_[A-Z0-9_]+):").matcher(stack);
        while (line.find())
            handed.add(line.group(1));
        handed.removeAll(OF_THE_FILES);
        assertThat(handed).containsAll(EnvironmentSettings.VARIABLES.stream().map(EnvironmentSettings.Variable::name).toList())
                .contains("RETORT_FOLDER", "RETORT_PRESET", "RETORT_SETTINGS");

        final Set<String> named = new TreeSet<>();
        for (final String each : COMPOSE.toFile().list((folder, name) -> name.matches("docker-compose.*\\.yml")))
            named.addAll(names(Files.readString(COMPOSE.resolve(each))));
        named.removeAll(OF_THE_FILES);
        assertThat(names(Files.readString(COMPOSE.resolve(".env.example")))).isEqualTo(named);
    }

    @Test
    void theExampleSetsNothingUntilALineIsUncommented() throws IOException {
        assertThat(Files.readAllLines(COMPOSE.resolve(".env.example"))).allMatch(line -> line.isEmpty() || line.startsWith("#"));
    }

    private static Set<String> names(String text) {
        final Set<String> names = new TreeSet<>();
        final Matcher name = NAME.matcher(text);
        while (name.find())
            names.add(name.group());
        return names;
    }

    private Config read(Map<String, String> environment) {
        return Settings.over(settings().read(environment::get));
    }

    private EnvironmentSettings settings() {
        return new EnvironmentSettings(COMPOSE, data, file);
    }
}
