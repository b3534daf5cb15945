package retort.ingest.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import retort.ingest.decode.DecodeSettings;
import retort.ingest.recipe.RecipeSettings;
import retort.ingest.recipe.augment.RandAugment;
import retort.ingest.recipe.resample.Filter;
import retort.settings.Identity;
import retort.settings.SettingException;
import retort.settings.Settings;

class IngestSettingsTest {
    private static final Map<String, String> SHARED = Map.of("ingest.channels", "3", "ingest.decode.fast", "false",
            "ingest.decode.library", "auto", "ingest.decode.max-pixels", "40000000", "ingest.image", "224",
            "ingest.images-per-record",
            "0", "ingest.mean", "[]", "ingest.partitions", "1", "ingest.std", "[]", "ingest.recipe.interpolation", "bicubic");

    @Test
    void everyDefaultIsAsReferenceConfSays() {
        assertThat(settings()).isEqualTo(new IngestSettings(0, List.of(
                new StreamSettings("train", "ingest.source", "folder:/data", 0, 0, recipe("pretrain"), 0, OptionalLong.of(32768),
                        identity(Map.of("ingest.source", "folder:/data", "ingest.samples", "0", "ingest.source-options", "{}",
                                "ingest.shuffle-window", "2048", "seed", "0", "ingest.recipe.name", "pretrain",
                                "ingest.recipe.pretrain.scale", "[0.2, 1]", "ingest.recipe.pretrain.ratio",
                                "[0.75, 1.3333333333333333]", "ingest.recipe.pretrain.flip", "0.5"))),
                new StreamSettings("val", "ingest.val.source", "folder:/val", 0, 0, recipe("eval"), 1, OptionalLong.empty(),
                        identity(Map.of("ingest.val.source", "folder:/val", "ingest.val.from", "0", "ingest.val.samples", "0",
                                "ingest.source-options",
                                "{}", "ingest.recipe.evaluation", "eval", "ingest.recipe.eval.crop-ratio", "auto"))),
                new StreamSettings("probe", "ingest.source", "folder:/data", 0, 0, recipe("eval"), 1, OptionalLong.empty(),
                        identity(Map.of("ingest.source", "folder:/data", "ingest.probe.samples", "0", "ingest.source-options",
                                "{}",
                                "ingest.recipe.evaluation", "eval", "ingest.recipe.eval.crop-ratio", "auto")))),
                Map.of(), List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225), 6, 1, Set.of(0), Optional.empty(), "ingest",
                16384, 0.5,
                Duration.ofSeconds(60), 16, Duration.ofMillis(200), Runtime.getRuntime().availableProcessors(), 128 << 20,
                64 << 20,
                2048));
    }

    @Test
    void whatIsDerivedStandsInTheIdentityInPlaceOfItsZero() {
        final IngestSettings settings = settings("ingest.channels = 1");
        assertThat(settings.identity(settings.streams().getFirst()).settings()).containsEntry("ingest.images-per-record", "20")
                .containsEntry("ingest.mean", "[0.449]").containsEntry("ingest.std", "[0.226]");
        assertThat(
                settings("ingest.channels = 1", "ingest.mean = [0.449]", "ingest.std = [0.226]", "ingest.images-per-record = 20")
                        .streams().getFirst().identity().settings())
                .isNotEmpty();
    }

    @Test
    void onlyWhatDecidesBytesIsInTheIdentity() {
        final Identity plain = train();
        for (final String incidental : List.of("ingest.threads = 3", "ingest.memory = 1GiB", "ingest.read-ahead = 0",
                "ingest.transaction.records = 1",
                "ingest.transaction.linger = 1s", "ingest.max-ahead = 5", "ingest.retention = 100000",
                "ingest.partitions-owned = [0]", "ingest.group = g", "ingest.id = other",
                "ingest.streams = [train]", "ingest.epochs = 9", "ingest.stream = other",
                "ingest.val.source = \"folder:/elsewhere\"",
                "ingest.probe.samples = 7", "ingest.few.samples = 7", "ingest.few.stream = fewer", "ingest.val.from = 7",
                "ingest.recipe.finetune.flip = 0",
                "ingest.recipe.eval.crop-ratio = 1",
                "ingest.recipe.evaluation = none", "ingest.max-rejected = 1", "ingest.waiting-told-after = 5m"))
            assertThat(train(incidental)).as(incidental).isEqualTo(plain);
        for (final String shaping : List.of("ingest.source = \"folder:/elsewhere\"", "ingest.samples = 9", "ingest.image = 32",
                "ingest.channels = 1", "ingest.decode.fast = true", "ingest.decode.library = imageio",
                "ingest.decode.max-pixels = 9",
                "ingest.recipe.name = finetune", "ingest.recipe.interpolation = bilinear", "ingest.recipe.pretrain.flip = 0",
                "ingest.images-per-record = 7", "ingest.partitions = 2", "ingest.shuffle-window = 9", "seed = 1",
                "ingest.source-options.x = y", "ingest.mean = [0, 0, 0]", "ingest.std = [1, 1, 1]"))
            assertThat(train(shaping)).as(shaping).isNotEqualTo(plain);
    }

    @Test
    void aValidationStreamKeepsItsIdentityWhateverTheTrainingStreamBecomes() {
        final Identity plain = settings().streams().get(1).identity();
        for (final String other : List.of("seed = 1", "ingest.source = \"folder:/elsewhere\"", "ingest.samples = 9",
                "ingest.recipe.name = finetune", "ingest.recipe.pretrain.flip = 0", "ingest.shuffle-window = 9"))
            assertThat(settings(other).streams().get(1).identity()).as(other).isEqualTo(plain);
        assertThat(settings("ingest.val.from = 9").streams().get(1).identity()).isNotEqualTo(plain);
        assertThat(settings("ingest.val.samples = 9").streams().get(1).identity()).isNotEqualTo(plain);
        assertThat(settings("ingest.recipe.evaluation = none").streams().get(1).identity()).isNotEqualTo(plain);
    }

    @Test
    void whatTheValidationStreamPassesOverIsNoPartOfAnotherStream() {
        final IngestSettings plain = settings();
        final IngestSettings later = settings("ingest.val.from = 9");
        assertThat(later.streams()).extracting(StreamSettings::from).containsExactly(0L, 9L, 0L);
        for (final int other : List.of(0, 2))
            assertThat(later.identity(later.streams().get(other))).isEqualTo(plain.identity(plain.streams().get(other)));
    }

    /** So a stream of few labels is that of a process whose only training stream has these images. */
    @Test
    void fewImagesAreATrainingStreamOfTheirOwn() {
        final IngestSettings few = settings("ingest.few.samples = 9", "ingest.samples = 90");
        final IngestSettings alone = settings("ingest.samples = 9", "ingest.stream = few");
        assertThat(few.streams()).extracting(StreamSettings::name).containsExactly("train", "few", "val", "probe");
        assertThat(few.streams().get(1)).isEqualTo(alone.streams().getFirst());
        assertThat(few.identity(few.streams().get(1))).isEqualTo(alone.identity(alone.streams().getFirst()));
        for (final int kept : List.of(2, 3))
            assertThat(few.streams().get(kept)).isEqualTo(settings("ingest.samples = 90").streams().get(kept - 1));
    }

    @Test
    void recordsOfSingleImagesAreKeptAsLongAsFullOnes() {
        final IngestSettings tiny = settings("ingest.image = 4");
        final StreamSettings train = tiny.streams().getFirst();
        assertThat(tiny.retentionBytes(train, false)).isEqualTo(32768 / 256 * (4096 + 256 * (48 + 15)));
        assertThat(tiny.retentionBytes(train, true)).isEqualTo(32768 * (48 + 1024));
        assertThat(tiny.retentionBytes(tiny.streams().get(1), true)).isEqualTo(-1);
    }

    @Test
    void aValueThatIsNotAllowedNamesItsKey() {
        for (final Map.Entry<String, String> bad : Map.of("ingest.max-rejected = 1.5", "ingest.max-rejected = 1.5",
                "ingest.waiting-told-after = 0s", "ingest.waiting-told-after", "ingest.streams = [test]",
                "[train, few, val, probe]",
                "ingest.partitions-owned = [1]", "ingest.partitions = 1", "ingest.retention = 5", "2 x ingest.max-ahead",
                "ingest.mean = [0.5]", "ingest.mean", "ingest.stream = val", "different names").entrySet())
            assertThatThrownBy(() -> settings(bad.getKey())).as(bad.getKey()).isInstanceOf(SettingException.class)
                    .hasMessageContaining(bad.getValue());
    }

    private static RecipeSettings recipe(String name) {
        return new RecipeSettings(name, 0, 224, 3, new DecodeSettings(DecodeSettings.Library.AUTO, false, 40_000_000),
                Filter.BICUBIC,
                new RecipeSettings.Crop(new RecipeSettings.Range(0.2, 1), new RecipeSettings.Range(0.75, 4.0 / 3), 0.5),
                new RecipeSettings.Crop(new RecipeSettings.Range(0.08, 1), new RecipeSettings.Range(0.75, 4.0 / 3), 0.5),
                Optional.of(RandAugment.parse("rand-m9-mstd0.5-inc1")), List.of(124, 116, 104), 256);
    }

    private static Identity identity(Map<String, String> own) {
        final TreeMap<String, String> all = new TreeMap<>(SHARED);
        all.putAll(own);
        return new Identity(all);
    }

    private static Identity train(String... overrides) {
        return settings(overrides).streams().getFirst().identity();
    }

    private static IngestSettings settings(String... overrides) {
        return IngestSettings.from(Settings.over(ConfigFactory.parseString(String.join("\n", overrides)).withFallback(
                ConfigFactory.parseString("ingest.source = \"folder:/data\", ingest.val.source = \"folder:/val\""))));
    }
}
