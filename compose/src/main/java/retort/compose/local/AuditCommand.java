package retort.compose.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import retort.broker.EmbeddedBroker;
import retort.compose.settings.SettingsOptions;
import retort.kafka.Broker;
import retort.place.Places;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.trainer.audit.Audit;
import retort.trainer.audit.AuditReport;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.settings.TrainerSettings;

/** {@code retort audit}. Exit code 0 if the run is proven, 1 if it is not. */
@Command(name = "audit", mixinStandardHelpOptions = true, sortOptions = false, header = "Proves that a run has trained every sample of every epoch once and in stream order.", description = {
        "Compares the ledger of a run with its checkpoints and with the records of its stream, and names every exception:",
        "samples that ingest has rejected, records that trainer.skip names, records that the broker no longer holds, and faults.",
        "Ends with 1 if there is a fault."}, footerHeading = "%nExamples:%n", footer = {
                "  retort audit --data .retort --run student",
                "  retort audit --run student --json --set kafka.bootstrap.servers=HOST:PORT"})
public final class AuditCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--run", paramLabel = "R", required = true, description = "The run.")
    private String run = "";

    @Option(names = "--data", paramLabel = "DIR", description = "Audits a folder of 'local', which must not be running: starts its broker for the time of the audit.")
    private @Nullable Path data;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        return data == null ? audit(settings.load()) : audit(data.toAbsolutePath().normalize());
    }

    private int audit(Path folder) throws JsonProcessingException {
        if (!Files.isDirectory(folder.resolve("kafka")))
            throw new SettingException("--data " + folder + " is no folder of local: it has no folder kafka");
        final Config config = settings.over(ConfigFactory.parseMap(Map.of("trainer.checkpoints",
                folder.resolve("checkpoints").toString())));
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
            return audit(Settings.withKafka(config, "bootstrap.servers", broker.bootstrapServers()));
        }
    }

    private int audit(Config config) throws JsonProcessingException {
        final AuditReport report;
        try (Places places = Places.from(config)) {
            report = new Audit(Broker.from(config), new CheckpointStore(places.file(TrainerSettings.checkpoints(config))))
                    .of(run);
        }
        if (json)
            System.out.println(JSON.writeValueAsString(report));
        else
            report.lines().forEach(System.out::println);
        return report.isClean() ? 0 : 1;
    }
}
