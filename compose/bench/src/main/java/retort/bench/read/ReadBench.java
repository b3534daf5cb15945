package retort.bench.read;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import retort.bench.Benchmark;
import retort.bench.Rounds;
import retort.bench.ingest.OwnBroker;

/**
 * {@code retort bench read}: the whole input path of the trainer, from the broker to packed batches, against Kafka's consumer performance tool
 * on the same topic, in turns. Prints a table, then one JSON object.
 */
@Command(name = "read", mixinStandardHelpOptions = true, sortOptions = false, description = "The trainer's input path against Kafka's own consumer tool.", footerHeading = "%nExamples:%n", footer = {
        "  retort bench read                                        to a broker that it starts",
        "  retort bench read --partitions 1 --megabytes 2000 --rounds 3"})
public final class ReadBench implements Benchmark {
    /** The rate at which one H100 at 40 % of its bfloat16 rate trains ViT-B from ViT-L with 75 % masks: 4,870 images of 224 px a second. */
    private static final double H100_MEGABYTES = 733;
    private static final double GOAL = 0.9;

    @Option(names = "--partitions", split = ",", paramLabel = "N", defaultValue = "1,2,4", description = "Numbers of partitions (default: ${DEFAULT-VALUE}).")
    private List<Integer> partitions = List.of(1, 2, 4);

    @Option(names = "--megabytes", paramLabel = "N", defaultValue = "600", description = "Size of the stream that is read in one turn, in MB (default: ${DEFAULT-VALUE}).")
    private int megabytes = 600;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "256", description = "Images in a batch (default: ${DEFAULT-VALUE}).")
    private int batch = 256;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Turns of each contestant after one that does not count; medians count (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--broker", paramLabel = "HOST:PORT", description = "Uses this broker (default: starts one in this process).")
    private @Nullable String broker;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** The rates of one number of partitions, turn by turn. */
    private record Result(int partitions, int fetchBytes, List<ReadContest.Turn> trainer, List<ReadContest.Turn> tool) {
        /** The median, in MB a second. */
        static double rate(List<ReadContest.Turn> turns, ToDoubleFunction<ReadContest.Turn> rate) {
            return Rounds.median(each(turns, rate)).orElse(Double.NaN);
        }

        double ratio(ToDoubleFunction<ReadContest.Turn> rate) {
            return Rounds.quotient(each(trainer, rate), each(tool, rate)).orElse(Double.NaN);
        }

        private static List<Double> each(List<ReadContest.Turn> turns, ToDoubleFunction<ReadContest.Turn> rate) {
            return turns.stream().map(rate::applyAsDouble).toList();
        }
    }

    @Override
    public Integer call() {
        require(partitions.stream().allMatch(each -> each > 0), "--partitions", partitions, "numbers of 1 or more");
        require(megabytes > 0, "--megabytes", megabytes, "1 or more");
        require(batch > 0, "--batch", batch, "1 or more");
        require(rounds > 0, "--rounds", rounds, "1 or more");
        final List<Result> results = new ArrayList<>();
        try (OwnBroker own = broker == null ? OwnBroker.start() : null) {
            final String address = Optional.ofNullable(broker).orElseGet(() -> own.address());
            for (final int each : partitions)
                results.add(measure(address, each));
        }
        print(results, System.out);
        return 0;
    }

    private Result measure(String address, int count) {
        try (ReadContest contest = ReadContest.publish(address, count, megabytes, batch)) {
            final Result result = new Result(count, contest.fetchBytes(), new ArrayList<>(), new ArrayList<>());
            for (int round = 0; round <= rounds; round++) {
                final ReadContest.Turn trainer = contest.trainer();
                final ReadContest.Turn tool = contest.tool();
                if (round > 0) {
                    result.trainer.add(trainer);
                    result.tool.add(tool);
                }
            }
            return result;
        }
    }

    private void print(List<Result> results, PrintStream out) {
        out.printf(Locale.ROOT,
                "%nreading records of %,d bytes, %d images of 224 px each, into batches of %d; %d processors, medians of %d%n%n",
                ReadContest.RECORD_BYTES, ReadContest.IMAGES_PER_RECORD, batch, Runtime.getRuntime().availableProcessors(),
                rounds);
        out.printf(Locale.ROOT, "%-10s %8s | %12s %12s %8s | %12s %12s %8s | %9s %6s%n", "partitions", "fetch", "trainer", "tool",
                "ratio", "trainer", "tool", "ratio", "images/s", "H100s");
        out.printf(Locale.ROOT, "%-10s %8s | %12s %12s %8s | %12s %12s %8s | %9s %6s%n", "", "KiB", "MB/s", "MB/s", "",
                "with opening",
                "with opening", "", "", "fed");
        final ObjectNode json = new ObjectMapper().createObjectNode().put("bench", "read").put("rounds", rounds)
                .put("recordBytes", ReadContest.RECORD_BYTES).put("processors", Runtime.getRuntime().availableProcessors())
                .put("against", "org.apache.kafka.tools.ConsumerPerformance, its fetch.MB.sec and, with its opening, MB.sec");
        for (final Result result : results) {
            final double rate = Result.rate(result.trainer, ReadContest.Turn::flow);
            final double tool = Result.rate(result.tool, ReadContest.Turn::flow);
            final double whole = Result.rate(result.trainer, ReadContest.Turn::whole);
            final double wholeTool = Result.rate(result.tool, ReadContest.Turn::whole);
            final double images = rate * 1e6 / ReadContest.IMAGE_BYTES;
            out.printf(Locale.ROOT, "%-10d %8d | %12.0f %12.0f %7.2fx | %12.0f %12.0f %7.2fx | %9.0f %6.1f%n", result.partitions,
                    result.fetchBytes >> 10, rate, tool, result.ratio(ReadContest.Turn::flow), whole, wholeTool,
                    result.ratio(ReadContest.Turn::whole), images, rate / H100_MEGABYTES);
            json.withArray("results").addObject().put("partitions", result.partitions).put("fetchBytes", result.fetchBytes)
                    .put("trainerMBPerSecond", rate).put("imagesPerSecond", images).put("toolMBPerSecond", tool)
                    .put("ratio", result.ratio(ReadContest.Turn::flow)).put("trainerWholeMBPerSecond", whole)
                    .put("toolWholeMBPerSecond", wholeTool).put("wholeRatio", result.ratio(ReadContest.Turn::whole));
        }
        out.printf(Locale.ROOT,
                "%nThe opening of the trainer's path ends with its first record, that of the tool when it has its partitions.%n");
        out.printf(Locale.ROOT,
                "%nThe goal is %.1fx. An H100 at 40 %% of its rate takes %.0f MB/s (ViT-B from ViT-L, 75 %% masks).%n%n", GOAL,
                H100_MEGABYTES);
        out.println(json);
    }

    private void require(boolean allowed, String option, Object value, String wanted) {
        if (!allowed)
            throw new ParameterException(spec.commandLine(), option + " " + value + " is out of range, give " + wanted);
    }
}
