package retort.compose.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import retort.settings.Settings;

/** {@code --preset}, {@code --config}, {@code --set}, {@code --seed} and {@code --environment}: a mixin of every command that reads settings. */
public final class SettingsOptions {
    private static final String ENVIRONMENT = "--environment";

    @Option(names = "--preset", paramLabel = "NAME", description = "Settings of a published method, over the defaults: 'retort plan --help' lists them.")
    private @Nullable String preset;

    @Option(names = "--config", paramLabel = "FILE", description = "A HOCON file with settings over the defaults and the preset.")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one setting; repeatable.")
    private List<String> pairs = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", description = "Short for --set seed=N.")
    private @Nullable Long seed;

    @Option(names = ENVIRONMENT, description = "Takes the variables of compose/.env.example, as the services of the compose file do, below the other options.")
    private boolean environment;

    /** The sentence of a failure of a command, with the variables that it is about if the command takes them. */
    public static String explained(String sentence, ParseResult parsed) {
        return parsed.hasMatchedOption(ENVIRONMENT)
                ? EnvironmentSettings.ofContainer().explained(sentence, System::getenv)
                : sentence;
    }

    /** The given settings over {@code base} and the defaults. @throws retort.settings.SettingException if a key is unknown */
    public Config over(Config base) {
        return Settings.over(given().withFallback(base));
    }

    /** The given settings over the defaults. @throws retort.settings.SettingException if a key is unknown */
    public Config load() {
        return over(ConfigFactory.empty());
    }

    /** The settings of the command line and of its file, without the defaults. They are not checked. */
    public Config given() {
        final List<String> all = new ArrayList<>(pairs);
        if (seed != null)
            all.add("seed=" + seed);
        final Config overrides = Settings.overrides(all);
        final Config own = file == null ? overrides : overrides.withFallback(Settings.parse(file));
        final Config recipe = preset == null ? own : own.withFallback(Presets.named(preset, "--preset "));
        return environment ? recipe.withFallback(EnvironmentSettings.ofContainer().read(System::getenv)) : recipe;
    }
}
