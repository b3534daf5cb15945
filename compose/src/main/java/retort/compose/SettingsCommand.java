package retort.compose;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "settings", mixinStandardHelpOptions = true, description = "Prints every setting with its comment, as this command line leaves it.")
final class SettingsCommand implements Callable<Integer> {
    private static final Set<String> SECRET = Set.of("password", "secret", "jaas", "token");

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() {
        Config config = settings.load();
        for (final String root : new String[]{"seed", "kafka", "schema-registry", "topics", "ingest", "trainer", "evaluator",
                "local"})
            if (config.hasPath(root))
                System.out.print(masked(config.withOnlyPath(root)).root()
                        .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false)));
        return 0;
    }

    private static Config masked(Config config) {
        Config shown = config;
        for (final var entry : config.entrySet())
            if (SECRET.stream().anyMatch(word -> entry.getKey().toLowerCase(java.util.Locale.ROOT).contains(word)))
                shown = shown.withValue(entry.getKey(), com.typesafe.config.ConfigValueFactory.fromAnyRef("********"));
        return shown;
    }
}
