package retort.compose.study;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import retort.compose.settings.SettingsOptions;

/** {@code retort study}. Exit code 1 if a figure is missing at the end. */
@Command(name = "study", mixinStandardHelpOptions = true, sortOptions = false, subcommands = StudyReportCommand.class, header = "Trains a grid of settings with several seeds, and writes a page of results: CSV, Markdown, SVG.", description = {
        "Starts a broker and all services in this process, trains every run of the study on one stream and evaluates it. The same",
        "command again goes on where it was stopped or killed. A run that fails is told, and the others go on.",
        "compose/docs/study.md says how a study is written."}, footerHeading = "%nExamples:%n", footer = {
                "  retort study compose/studies/tiny.conf --plan", "  retort study compose/studies/tiny.conf --data /tmp/tiny",
                "  retort study report compose/studies/tiny.conf --data /tmp/tiny"})
public final class StudyCommand implements Callable<Integer> {
    /** The folder of a study that names none. */
    static final String DATA = ".retort-study";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", arity = "0..1", description = "The study: a HOCON file with a section study.")
    private @Nullable Path file;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = DATA, description = "Where broker, checkpoints and results live (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of(DATA);

    @Option(names = "--plan", description = "Prints cells, runs, steps and images, and the time that they will take; trains nothing.")
    private boolean plan;

    @Option(names = "--no-measure", description = "With --plan: leaves out the time, so that no step is taken.")
    private boolean unmeasured;

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        final Path given = file;
        if (given == null)
            throw new ParameterException(spec.commandLine(), "no study is given: name its FILE");
        final Path folder = directory.toAbsolutePath().normalize();
        final Config config = StudyFolder.settings(given, settings, folder);
        final Study study = Study.of(config);
        if (!plan)
            return new StudyRun(study, config, folder).run();
        new StudyPlan(study, config).lines(!unmeasured).forEach(System.out::println);
        return 0;
    }
}
