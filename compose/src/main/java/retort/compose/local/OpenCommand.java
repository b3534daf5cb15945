package retort.compose.local;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;
import retort.compose.console.Foreground;
import retort.compose.console.PageAddress;
import retort.compose.settings.SettingsOptions;
import retort.settings.Settings;

@Command(name = "open", mixinStandardHelpOptions = true, sortOptions = false, header = "Shows a local run that has ended: its page, its topics and its broker, until Ctrl-C.", description = {
        "Starts the broker of a folder that 'local' has written, and the page in a browser. Trains and evaluates nothing."}, footerHeading = "%nExamples:%n", footer = {
                "  retort open", "  retort open --data /tmp/run --set page.address=127.0.0.1:9474"})
public final class OpenCommand implements Callable<Integer> {
    /** Longer than anybody waits. */
    private static final Duration FOR_EVER = Duration.ofDays(10_000);

    @Option(names = "--data", paramLabel = "DIR", defaultValue = ".retort", description = "The folder of the local run (default: ${DEFAULT-VALUE}).")
    private Path directory = Path.of(".retort");

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        final Config config = settings.over(LocalSettings.places(directory.toAbsolutePath().normalize()));
        final Foreground foreground = new Foreground();
        try (LocalData folder = LocalData.open(directory)) {
            System.out.println("broker " + folder.bootstrapServers());
            try (PageAddress _ = PageAddress.serve(Settings.withKafka(config, "bootstrap.servers", folder.bootstrapServers()))) {
                stay(foreground);
            }
        }
        return 0;
    }

    /** Waits until a person asks to stop. */
    static void stay(Foreground foreground) throws Exception {
        System.out.println("Ctrl-C ends this");
        foreground.await(Mono.never(), FOR_EVER);
    }
}
