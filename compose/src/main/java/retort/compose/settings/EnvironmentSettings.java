package retort.compose.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import retort.settings.Secrets;
import retort.settings.SettingException;
import retort.settings.Settings;

/**
 * The settings behind the variables of {@code compose/.env.example}, which the compose file gives to every service. Variables have priority
 * over the settings file, and the file over a preset, {@code own.conf} or {@code demo.conf}, and these over four partitions. A variable
 * without a value counts as unset.
 *
 * @param home the folder of {@code demo.conf} and {@code own.conf}
 * @param data where the services see the folder {@code RETORT_FOLDER}
 * @param file where they see the settings file {@code RETORT_SETTINGS}; it need not exist
 */
record EnvironmentSettings(Path home, Path data, Path file) {
    /** A variable that stands for one setting. A value has to match {@code allowed}, which {@code words} describes. */
    record Variable(String name, String key, Pattern allowed, String words) {
        private Optional<Config> read(Function<String, Optional<String>> environment) {
            return environment.apply(name).map(value -> {
                if (!allowed.matcher(value).matches())
                    throw new SettingException(name + "=" + value + " is no " + words);
                // A number as a number, and a text to the letter.
                return ANY.equals(allowed)
                        ? ConfigFactory.empty().withValue(key, ConfigValueFactory.fromAnyRef(value, name))
                        : Settings.overrides(List.of(key + "=" + value));
            });
        }

        /** True if a sentence is about this variable with {@code value}: it names the setting, that of a run too, or the text of the value. */
        private boolean isMeant(String sentence, String value) {
            final int root = key.indexOf('.');
            final String setting = root < 0
                    ? Pattern.quote(key) + " ="
                    : Pattern.quote(key.substring(0, root)) + "(\\.[\\w\\[\\]-]+)*"
                            + Pattern.quote(key.substring(key.lastIndexOf('.')));
            return isIn(sentence, setting) || ANY.equals(allowed) && isIn(sentence, Pattern.quote(value));
        }
    }

    /** Services of ingest share a stream by its partitions ({@code --scale ingest=4}). One service alone takes all of them. */
    private static final Config SHARED = ConfigFactory.parseMap(Map.of("ingest.partitions", 4));

    /** Presets say parts of a batch for large machines. A run goes on in the parts that it has begun with. */
    private static final Config PARTS = ConfigFactory.parseMap(Map.of("trainer.optimizer.micro-batches", "auto"));

    private static final Pattern ANY = Pattern.compile(".+");
    private static final String SOURCE = "RETORT_SOURCE";
    private static final String VALIDATION = "RETORT_VALIDATION";
    private static final String FOLDER = "RETORT_FOLDER";
    private static final String PRESET = "RETORT_PRESET";
    private static final String SETTINGS = "RETORT_SETTINGS";

    static final List<Variable> VARIABLES = List.of(
            new Variable(SOURCE, "ingest.source", ANY, "source"),
            new Variable(VALIDATION, "ingest.val.source", ANY, "source"),
            new Variable("RETORT_IMAGE", "ingest.image", Pattern.compile("[1-9]\\d{0,4}"),
                    "side of an image in pixels: give a whole number such as 224"),
            new Variable("RETORT_TEACHER", "trainer.teacher", ANY, "teacher"),
            new Variable("RETORT_MASK_RATIO", "trainer.mask-ratio", Pattern.compile("0?\\.\\d{1,9}|0|1(\\.0{1,9})?"),
                    "share of the patches: give a number from 0 to 1 such as 0.75"),
            new Variable("RETORT_DEVICE", "trainer.device", Pattern.compile("auto|cpu|cuda:\\d{1,3}"),
                    "device: give auto, cpu or cuda:N such as cuda:0"),
            new Variable("RETORT_SEED", "seed", Pattern.compile("-?\\d{1,18}"), "seed: give a whole number such as 1"),
            new Variable("RETORT_CHECKPOINTS", "trainer.checkpoints", ANY, "folder"),
            new Variable("RETORT_REGISTRY", "schema-registry.url", ANY, "address"),
            new Variable("RETORT_S3_ENDPOINT", "places.s3.endpoint", ANY, "address"),
            new Variable("RETORT_S3_REGION", "places.s3.region", ANY, "region"));

    /** The paths that a container of the compose file has. */
    static EnvironmentSettings ofContainer() {
        return new EnvironmentSettings(launched(), Path.of("/data"), Path.of("/etc/retort/settings.conf"));
    }

    private static Path launched() {
        final String home = System.getenv("RETORT_HOME");
        if (home == null)
            throw new SettingException("RETORT_HOME is not set: start --environment with compose/retort");
        return Path.of(home);
    }

    /**
     * Reads the variables. The result is not checked against the known keys.
     *
     * @param environment returns the value of a variable by its name, or null if there is none
     * @throws SettingException if a value is not allowed; the message names the variable, its value and the allowed values
     */
    Config read(Function<String, @Nullable String> environment) {
        final Function<String, Optional<String>> set = set(environment);
        Config own = ConfigFactory.empty();
        for (final Variable variable : VARIABLES)
            own = own.withFallback(variable.read(set).orElseGet(ConfigFactory::empty));
        if (set.apply(FOLDER).isPresent())
            own = own.withFallback(folder(set));
        own = own.withFallback(file(set));
        return own.withFallback(below(own, set.apply(PRESET))).withFallback(SHARED);
    }

    /**
     * Adds to the sentence of a failure the variables that it is about, because a person has set these and not the settings, and has
     * folders and files under other names than the services.
     */
    String explained(String sentence, Function<String, @Nullable String> environment) {
        final Function<String, Optional<String>> set = set(environment);
        final List<String> meant = new ArrayList<>();
        for (final Variable variable : VARIABLES)
            set.apply(variable.name()).map(Secrets::withoutPasswords).filter(value -> variable.isMeant(sentence, value))
                    .ifPresent(value -> meant.add(variable.name() + "=" + value));
        set.apply(FOLDER).filter(_ -> isIn(sentence, Pattern.quote(data.toString())))
                .ifPresent(value -> meant.add(data + " is " + FOLDER + "=" + value));
        set.apply(SETTINGS).filter(_ -> isIn(sentence, Pattern.quote(file.toString())))
                .ifPresent(value -> meant.add(file + " is " + SETTINGS + "=" + value));
        meant.removeIf(sentence::contains);
        return meant.isEmpty() ? sentence : sentence + " (" + String.join(", ", meant) + ")";
    }

    private static boolean isIn(String sentence, String pattern) {
        return Pattern.compile("(?<![\\w./-])" + pattern + "(?![\\w-])").matcher(sentence).find();
    }

    private static Function<String, Optional<String>> set(Function<String, @Nullable String> environment) {
        return name -> Optional.ofNullable(environment.apply(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** The sources in the folder of a person. A source that was given by its URI brings its own validation images. */
    private Config folder(Function<String, Optional<String>> set) {
        if (set.apply(SOURCE).isPresent())
            return ConfigFactory.empty();
        final Path train = data.resolve("train");
        final Path val = data.resolve("val");
        final Config source = ConfigFactory.parseMap(Map.of("ingest.source",
                "folder:" + (Files.isDirectory(train) ? train : data)));
        return Files.isDirectory(val)
                ? source.withFallback(ConfigFactory.parseMap(Map.of("ingest.val.source", "folder:" + val)))
                : source;
    }

    /** Docker makes an empty folder for a file that is not there. */
    private Config file(Function<String, Optional<String>> set) {
        if (Files.isDirectory(file) && set.apply(SETTINGS).isPresent())
            throw new SettingException(SETTINGS + "=" + set.apply(SETTINGS).get()
                    + " is a folder, or does not exist on this machine: give the path of a HOCON file, absolute or from the folder compose");
        return Files.isRegularFile(file) ? Settings.parse(file) : ConfigFactory.empty();
    }

    /** The settings below {@code own}: a preset, or runs for images of one's own, or the demo. */
    private Config below(Config own, Optional<String> preset) {
        final boolean ownImages = has(own, "ingest.source");
        if (preset.isPresent()) {
            final Config recipe = Presets.named(preset.get(), PRESET + "=");
            if (!ownImages)
                throw new SettingException(PRESET + "=" + preset.get() + " needs images of yours: set " + FOLDER
                        + " to a folder of images, or " + SOURCE
                        + " to a source such as webdataset:/data/train-{0000..0146}.tar");
            return PARTS.withFallback(recipe);
        }
        if (!ownImages)
            return Settings.parse(home.resolve("demo.conf"));
        return has(own, "trainer.runs") ? ConfigFactory.empty() : Settings.parse(home.resolve("own.conf"));
    }

    /** A section that is itself a reference cannot be looked into yet; it counts as having the key. */
    private static boolean has(Config config, String key) {
        try {
            return config.hasPathOrNull(key);
        } catch (ConfigException.NotResolved e) {
            return true;
        }
    }
}
