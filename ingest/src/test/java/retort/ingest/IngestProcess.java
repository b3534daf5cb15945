package retort.ingest;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import retort.settings.Settings;

/** Ingest as a process of its own, to be killed: arguments are lines of settings. Says on its output when it publishes. */
final class IngestProcess {
    private IngestProcess() {
    }

    public static void main(String[] settings) {
        try (IngestService service = IngestService.start(
                Settings.over(ConfigFactory.parseString(String.join("\n", List.of(settings)))),
                line -> System.out.println("status " + line))) {
            service.done().block();
        }
    }
}
