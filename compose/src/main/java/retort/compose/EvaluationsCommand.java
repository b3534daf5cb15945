package retort.compose;

import com.typesafe.config.Config;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import retort.compose.console.DataOutput;
import retort.compose.console.Foreground;
import retort.compose.local.LocalData;
import retort.compose.settings.SettingsOptions;
import retort.evaluator.feed.EvaluationFeed;
import retort.kafka.Broker;
import retort.record.Evaluation;
import retort.settings.Settings;

@Command(name = "evaluations", mixinStandardHelpOptions = true, sortOptions = false, description = "Prints evaluations, oldest first.", footerHeading = "%nExamples:%n", footer = {
        "  retort evaluations --follow --set kafka.bootstrap.servers=HOST:PORT",
        "  retort evaluations --data .retort --format table",
        "  retort evaluations --run student --suite knn --since 100 --format csv > student.csv"})
final class EvaluationsCommand implements Callable<Integer> {
    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Option(names = "--follow", description = "Waits for more, and says on stderr where the history ends. Without it the command ends with the last one there is.")
    private boolean follow;

    @Option(names = "--run", paramLabel = "NAME", description = "Only evaluations of this run.")
    private @Nullable String run;

    @Option(names = "--suite", paramLabel = "NAME", description = "Only evaluations by this suite.")
    private @Nullable String suite;

    @Option(names = "--since", paramLabel = "STEP", defaultValue = "0", description = "Only evaluations of checkpoints of this step or later.")
    private long since;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "json", description = "table, json or csv (default: ${DEFAULT-VALUE}).")
    private EvaluationFormat format = EvaluationFormat.JSON;

    @Option(names = "--data", paramLabel = "DIR", description = "Reads the folder of a local run, whose broker it starts for that time.")
    private @Nullable Path data;

    private PrintStream out = System.out;

    @Override
    public Integer call() throws Exception {
        out = DataOutput.take();
        final Config config = settings.load();
        if (data == null)
            return print(config);
        try (LocalData folder = LocalData.open(data)) {
            return print(Settings.withKafka(config, "bootstrap.servers", folder.bootstrapServers()));
        }
    }

    private int print(Config config) throws Exception {
        final EvaluationFeed feed = new EvaluationFeed(Broker.from(config));
        if (!follow) {
            format.whole(feed.present().stream().filter(this::isWanted).toList()).forEach(out::println);
            return 0;
        }
        final Foreground foreground = new Foreground();
        format.begin().forEach(out::println);
        foreground.until(feed.replay().doOnNext(this::print).then());
        foreground.await();
        return 0;
    }

    private void print(EvaluationFeed.Item item) {
        switch (item) {
            case EvaluationFeed.Live() -> System.err.println("the history ends here; what is evaluated from now on follows");
            case EvaluationFeed.Scored(Evaluation evaluation) -> {
                if (isWanted(evaluation))
                    format.lines(evaluation).forEach(out::println);
            }
        }
    }

    private boolean isWanted(Evaluation evaluation) {
        return (run == null || run.equals(evaluation.getRun())) && (suite == null || suite.equals(evaluation.getSuite()))
                && evaluation.getStep() >= since;
    }
}
