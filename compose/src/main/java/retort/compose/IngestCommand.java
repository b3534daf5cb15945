package retort.compose;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import retort.compose.console.Foreground;
import retort.compose.console.MetricsAddress;
import retort.compose.console.Terminal;
import retort.compose.settings.SettingsOptions;
import retort.ingest.IngestService;
import retort.ingest.Sources;
import retort.ingest.dryrun.DryRun;

@Command(name = "ingest", mixinStandardHelpOptions = true, description = "Publishes a source's images as streams of batches.")
final class IngestCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Option(names = "--dry-run", description = "Walks the source and reports what would be published; needs no broker.")
    private boolean dryRun;

    @Option(names = "--contact-sheet", paramLabel = "PNG", defaultValue = "contact-sheet.png", description = "With --dry-run: where augmented samples are drawn (default: ${DEFAULT-VALUE}).")
    private Path sheet = Path.of("contact-sheet.png");

    /** Adds the list of sources to the help. It is computed only when the help is printed, because it searches for sources. */
    @Spec
    void spec(CommandSpec spec) {
        spec.usageMessage().sectionMap().put(UsageMessageSpec.SECTION_KEY_FOOTER,
                help -> "\nExamples:\n  retort ingest --set kafka.bootstrap.servers=HOST:PORT --set ingest.source=folder:/data/train\n"
                        + "  retort ingest --dry-run --set ingest.source=webdataset:/data/shards\n\nSources, for ingest.source (and ingest.val.source, ingest.probe.source):\n"
                        + Sources.usage().indent(2));
    }

    @Override
    public Integer call() throws Exception {
        final Config config = settings.load();
        if (dryRun)
            try (Terminal terminal = new Terminal()) {
                return DryRun.run(config, sheet, System.out, terminal.line("dry run"));
            }
        final Foreground foreground = new Foreground();
        try (Terminal terminal = new Terminal();
                MetricsAddress _ = MetricsAddress.serve(config);
                IngestService service = IngestService.start(config, terminal.line("ingest"))) {
            foreground.until(service.done());
            foreground.await();
        }
        return 0;
    }
}
