package retort.compose;

import com.typesafe.config.Config;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import retort.ingest.IngestService;

@Command(name = "ingest", mixinStandardHelpOptions = true, description = "Publishes a source's images as streams of batches.")
final class IngestCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        final Config config = settings.load();
        final Foreground foreground = new Foreground();
        try (Terminal terminal = new Terminal(); IngestService service = IngestService.start(config, terminal.line("ingest"))) {
            foreground.until(service.done());
            foreground.await();
        }
        return 0;
    }
}
