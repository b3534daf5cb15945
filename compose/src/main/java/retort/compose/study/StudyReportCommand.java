package retort.compose.study;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import retort.compose.local.LocalData;
import retort.compose.settings.SettingsOptions;
import retort.kafka.Broker;
import retort.record.CheckpointReady;
import retort.settings.SettingException;
import retort.settings.Settings;

/** {@code retort study report}. Exit code 1 if a figure is missing. */
@Command(name = "report", mixinStandardHelpOptions = true, sortOptions = false, header = "Makes the page of a study again from its topics.", description = "Starts the broker of the folder for that time. Trains and evaluates nothing.", footerHeading = "%nExamples:%n", footer = "  retort study report compose/studies/tiny.conf --data /tmp/tiny")
final class StudyReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The study.")
    private Path file = Path.of("");

    @Option(names = "--data", paramLabel = "DIR", defaultValue = StudyCommand.DATA, description = "The folder of the study, which must not be running (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of(StudyCommand.DATA);

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        final Path folder = directory.toAbsolutePath().normalize();
        final Config config = StudyFolder.settings(file, settings, folder);
        final Study study = Study.of(config);
        try (LocalData data = LocalData.open(directory)) {
            final Config connected = Settings.withKafka(config, "bootstrap.servers", data.bootstrapServers());
            requireOf(study, Broker.from(connected));
            return StudyRun.report(study, connected, folder);
        }
    }

    /** Refuses the folder of another study, whose page would be lost. */
    private void requireOf(Study study, Broker broker) {
        final SortedSet<String> saved = broker.table(broker.topics().checkpoints()).values().stream()
                .map(CheckpointReady::getRun).collect(Collectors.toCollection(TreeSet::new));
        if (!saved.isEmpty() && Collections.disjoint(saved, study.runs().keySet()))
            throw new SettingException("--data " + directory + " is the folder of another study: it has run " + saved.first()
                    + ", and no run of " + file + ": give the folder that this study was given");
    }
}
