package retort.compose.local;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import retort.settings.SettingException;
import retort.settings.Settings;

/**
 * The teacher that a person gives to {@code local}. Immutable.
 *
 * @param uri the key {@code teacher} of the runs that distil
 * @param runs the runs that train it, as objects of {@code trainer.runs}; empty for weights that are there
 */
record DemoTeacher(String uri, List<Config> runs) {
    /** The word for a teacher that is trained on the spot. */
    private static final String TRAIN = "train";
    private static final String RUNS = "trainer.runs";

    DemoTeacher {
        runs = List.copyOf(runs);
    }

    /**
     * Reads {@code --teacher}: {@code train}, or an address of weights.
     *
     * @param home the folder of {@code demo-teacher.conf}
     */
    static DemoTeacher of(String given, Path home) {
        if (given.equals(TRAIN)) {
            final List<Config> runs = List.copyOf(Settings.parse(home.resolve("demo-teacher.conf")).getConfigList(RUNS));
            return new DemoTeacher("run:" + runs.getLast().getString("name"), runs);
        }
        if (!given.matches("(file:|s3://|https://).+"))
            throw new SettingException("--teacher", given,
                    "must be train, or weights: file:PATH, s3://BUCKET/KEY or https://HOST/PATH");
        return new DemoTeacher(given, List.of());
    }

    /** {@code config} with this teacher for every run that distils. */
    Config in(Config config) {
        final List<Object> all = new ArrayList<>();
        runs.forEach(run -> all.add(run.root().unwrapped()));
        for (final Config run : config.getConfigList(RUNS))
            all.add((run.getString("objective").equals("distill")
                    ? run.withValue("teacher", ConfigValueFactory.fromAnyRef(uri))
                    : run).root().unwrapped());
        return config.withValue(RUNS, ConfigValueFactory.fromIterable(all));
    }
}
