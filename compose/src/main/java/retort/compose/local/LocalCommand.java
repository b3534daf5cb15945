package retort.compose.local;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import retort.compose.settings.SettingsOptions;

@Command(name = "local", mixinStandardHelpOptions = true, sortOptions = false, header = "Everything in one process, on the bundled data: what distillation buys, in minutes.", description = {
        "Starts a broker and all services in this process, trains a student distilled from the bundled teacher, the same student by",
        "reconstruction alone and classifiers from both on the bundled data, and prints what distillation buys. Ends by itself; the",
        "same command again goes on where it was stopped."}, footerHeading = "%nExamples:%n", footer = {"  retort local",
                "  retort local --data /tmp/run --seed 7", "  retort local --teacher train", "  retort local --stay",
                "  retort local --set local.port=9092"})
public final class LocalCommand implements Callable<Integer> {
    @Option(names = "--data", paramLabel = "DIR", defaultValue = ".retort", description = "Where broker, checkpoints and results live (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of(".retort");

    @Option(names = "--teacher", paramLabel = "FROM", description = "train: trains a teacher first, on the same images. file:PATH, s3:// or https://: distils from these weights in place of the bundled ones.")
    private @Nullable String teacher;

    @Option(names = "--stay", description = "Serves page, topics and broker after the report, too, until Ctrl-C.")
    private boolean stay;

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        return new LocalRun(directory.toAbsolutePath().normalize(), settings, Optional.ofNullable(teacher), stay).run();
    }
}
