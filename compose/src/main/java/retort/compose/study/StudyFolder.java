package retort.compose.study;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import retort.compose.local.LocalSettings;
import retort.compose.settings.SettingsOptions;
import retort.ingest.dryrun.EpochSize;
import retort.ingest.source.SourceException;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.trainer.settings.RunSettings;

/** The settings of the services of a study. Stateless; main thread. */
final class StudyFolder {
    private static final String RETENTION = "ingest.retention";
    private static final String MAX_AHEAD = "ingest.max-ahead";
    /** Images beyond those that runs read, for records that are shared by two segments of the log. */
    private static final long MARGIN = 1 << 14;

    private StudyFolder() {
    }

    /** The settings of the command line over those of the file, with every path below {@code directory}. */
    static Config settings(Path file, SettingsOptions options, Path directory) {
        return options.over(LocalSettings.places(directory).withFallback(Settings.parse(file)));
    }

    /**
     * The settings of each ingest: of the one that publishes training, validation and probe streams, and of one for each further training
     * stream. Every run begins at the first record, so the broker keeps what the longest of them reads. With several runs at one time,
     * ingest may be as far ahead as the longest run reads, because a run that begins would else hold up those that have begun.
     *
     * @throws SettingException if a setting of a stream is not allowed
     * @throws SourceException if a run is measured in epochs, and the source cannot be listed
     */
    static List<Config> ingests(Study study, Config config) throws IOException, SourceException {
        final List<Config> all = new ArrayList<>(List.of(roomy(study, config)));
        for (final Map.Entry<String, Config> stream : study.settings().streams().entrySet()) {
            final Config own = ConfigFactory.empty().withValue("ingest", stream.getValue().withoutPath("name").root());
            Settings.over(own); // refuses unknown keys
            all.add(roomy(study, own.withFallback(config)
                    .withValue("ingest.stream", ConfigValueFactory.fromAnyRef(stream.getKey()))
                    .withValue("ingest.streams", ConfigValueFactory.fromIterable(List.of("train")))));
        }
        return all;
    }

    private static Config roomy(Study study, Config config) throws IOException, SourceException {
        final String stream = config.getString("ingest.stream");
        final List<RunSettings> runs = study.checkedRuns().stream().filter(run -> run.stream().equals(stream)).toList();
        final Optional<EpochSize> epoch = runs.stream().anyMatch(run -> run.epochs().isPresent())
                ? EpochSize.of(config)
                : Optional.empty();
        long longest = 0;
        for (final RunSettings run : runs)
            longest = Math.max(longest, images(run, epoch));
        final long ahead = study.settings().atATime() > 1
                ? Math.max(config.getLong(MAX_AHEAD), longest + MARGIN)
                : config.getLong(MAX_AHEAD);
        return config.withValue(MAX_AHEAD, ConfigValueFactory.fromAnyRef(ahead)).withValue(RETENTION,
                ConfigValueFactory.fromAnyRef(Math.max(config.getLong(RETENTION), 2 * (longest + ahead + MARGIN))));
    }

    private static long images(RunSettings run, Optional<EpochSize> epoch) {
        return run.batch() * run.epochs().map(epochs -> epochs.steps(run.name(), epoch.flatMap(EpochSize::samples)
                .orElseThrow(() -> new SettingException("run " + run.name()
                        + " is measured in epochs, and ingest.source has no end: give it steps")),
                run.batch())).orElse(run.steps());
    }
}
