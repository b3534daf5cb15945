package retort.compose.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import retort.settings.SettingException;
import retort.settings.Settings;
import retort.trainer.checkpoint.CheckpointStore;

/** {@code retort chaos}. Exit code 0 if the faults have changed nothing, 1 if they have. */
@Command(name = "chaos", mixinStandardHelpOptions = true, sortOptions = false, header = "Proves that faults change nothing: a job under kills, pauses and a bad network against the same job without.", description = {
        "Trains a teacher and a student on bundled images twice, without faults in this process and under faults in processes of its own:",
        "SIGKILL to a broker, ingest, trainer or evaluator, a stop that is longer than leases and transactions, a second process beside a",
        "stopped one, a broker's restart, latency, cut and half-open connections. Prints a line a fault; the last line is one JSON object.",
        "Ends with 0 if all checkpoints have the same bytes, the audit is clean, and each is announced and evaluated once."}, footerHeading = "%nExamples:%n", footer = {
                "  retort chaos --kills 6 --seed 1", "  retort chaos --kills 40 --seed 2 --data /tmp/chaos"})
public final class ChaosCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--kills", paramLabel = "N", defaultValue = "12", description = "Number of processes that are killed; a sixth as many faults of each other kind are added (default: ${DEFAULT-VALUE}).")
    private int kills = 12;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Decides the faults and every draw of the job (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = ".retort-chaos", description = "A new or an empty folder for everything that is written, which is kept (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of(".retort-chaos");

    @Override
    public Integer call() throws Exception {
        if (kills < 1 || kills > 10_000)
            throw new ParameterException(spec.commandLine(), "--kills " + kills + " is not 1 to 10000");
        return run(folder()) ? 0 : 1;
    }

    private boolean run(Path directory) throws IOException, InterruptedException {
        final long began = System.nanoTime();
        final FaultPlan plan = FaultPlan.of(seed, kills);
        final Job job = new Job(seed, plan.steps());
        final Config demo = demo();
        final Calm calm = Calm.run(job, demo, Files.createDirectories(directory.resolve("calm")));
        System.out.printf("without faults: %d steps of %s in %.1f s%n", job.steps(), Job.RUNS, (System.nanoTime() - began) / 1e9);
        final Path faulty = Files.createDirectories(directory.resolve("faulty"));
        final CheckpointStore store = new CheckpointStore(faulty.resolve("checkpoints"));
        try (Storm storm = new Storm(job, demo, faulty, plan, line -> System.out.println(line))) {
            final Verdict verdict = verdict(storm, calm, store, job);
            verdict.differences().forEach(System.out::println);
            System.out.println(json(plan, job, verdict, storm.endedByThemselves(), (System.nanoTime() - began) / 1e9));
            return verdict.isGood();
        }
    }

    private static Verdict verdict(Storm storm, Calm calm, CheckpointStore store, Job job) throws InterruptedException {
        try {
            storm.run(() -> Verdict.isEvaluated(storm.broker(), store));
            return Verdict.of(calm, storm.broker(), store, job.steps());
        } catch (Stuck e) {
            return new Verdict("", false, false, false, false, List.of(String.valueOf(e.getMessage())));
        }
    }

    private String json(FaultPlan plan, Job job, Verdict verdict, int ended, double seconds) throws JsonProcessingException {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("seed", seed);
        json.put("kills", kills);
        json.put("faults", plan.faults().size());
        json.put("steps", job.steps());
        json.put("seconds", Math.round(seconds * 10) / 10.0);
        json.put("endedByThemselves", ended);
        json.put("weightsIdentical", verdict.identical());
        json.put("auditClean", verdict.audited());
        json.put("announcedOnce", verdict.announced());
        json.put("evaluatedOnce", verdict.evaluated());
        json.put("weightsSha256", verdict.weightsSha256());
        return JSON.writeValueAsString(json);
    }

    private Path folder() throws IOException {
        final Path directory = Files.createDirectories(data.toAbsolutePath().normalize());
        try (var content = Files.list(directory)) {
            if (content.findAny().isPresent())
                throw new SettingException("--data " + data + " is not empty: give a new folder, or remove this one");
        }
        return directory;
    }

    private static Config demo() {
        final String home = System.getenv("RETORT_HOME");
        if (home == null)
            throw new SettingException("RETORT_HOME is not set: start chaos with compose/retort");
        return Settings.parse(Path.of(home, "demo.conf"));
    }
}
