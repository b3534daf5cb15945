package retort.bench.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import retort.bench.Benchmark;
import retort.bench.ContestantProcess;
import retort.bench.Python;
import retort.bench.PythonOptions;
import retort.bench.Rounds;
import retort.trainer.model.Parameter;
import retort.trainer.model.VitShape;

/**
 * {@code retort bench evaluate}: features and answers of a model against PyTorch eager with the same weights, threads and precision, and exact
 * k-nearest neighbours against faiss's flat index on the same rows. Prints a table, then one JSON object.
 */
@Command(name = "evaluate", mixinStandardHelpOptions = true, sortOptions = false, description = "Features, classification and k-NN against PyTorch and faiss.", footerHeading = "%nExamples:%n", footer = {
        "  retort bench evaluate                                    all three, k-NN in a bank of 1,000,000 (1.5 GB)",
        "  retort bench evaluate --bank 100000 --queries 1000 --rounds 3",
        "  retort bench evaluate --cases features,classify --model vit_base_patch16"})
public final class EvaluateBench implements Benchmark {
    private static final Python.Requirement FAISS = new Python.Requirement("faiss", "faiss-cpu", "1.12.0");
    private static final Map<String, Double> GOALS = Map.of("features", 1.0, "classify", 1.0, "knn", 0.8);
    private static final int CLASSES = 1000;
    private static final double DEVIATION = 0.04;

    @Mixin
    private PythonOptions python = new PythonOptions();

    @Option(names = "--cases", split = ",", paramLabel = "CASE", defaultValue = "features,classify,knn", description = "features, classify, knn (default: ${DEFAULT-VALUE}).")
    private List<String> cases = List.of("features", "classify", "knn");

    @Option(names = "--model", paramLabel = "NAME", defaultValue = "vit_small_patch16", description = "Shape of the model (default: ${DEFAULT-VALUE}).")
    private String model = "vit_small_patch16";

    @Option(names = "--batch", paramLabel = "N", defaultValue = "32", description = "Images in a batch (default: ${DEFAULT-VALUE}).")
    private int batch = 32;

    @Option(names = "--bank", paramLabel = "N", defaultValue = "1000000", description = "Rows of the bank (default: ${DEFAULT-VALUE}).")
    private int bank = 1_000_000;

    @Option(names = "--queries", paramLabel = "N", defaultValue = "10000", description = "Queries of one search (default: ${DEFAULT-VALUE}).")
    private int queries = 10_000;

    @Option(names = "--width", paramLabel = "N", defaultValue = "384", description = "Width of a feature (default: ${DEFAULT-VALUE}).")
    private int width = 384;

    @Option(names = "--k", paramLabel = "N", defaultValue = "20", description = "Neighbours of a query (default: ${DEFAULT-VALUE}).")
    private int k = 20;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0", description = "Threads of every contestant; 0 for all cores (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "5", description = "Least time of a turn (default: ${DEFAULT-VALUE}).")
    private int seconds = 5;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Turns of each contestant after one that does not count; medians count (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** The rates of one case, turn by turn, in images or queries a second. */
    private record Result(String name, String other, List<Double> own, List<Double> theirs, long ownPeak, long theirPeak) {
        double ratio() {
            return Rounds.quotient(own, theirs).orElse(Double.NaN);
        }
    }

    @Override
    public Integer call() {
        require(GOALS.keySet().containsAll(cases) && !cases.isEmpty(), "--cases", cases, "some of features, classify, knn");
        require(batch > 0, "--batch", batch, "1 or more");
        require(k > 0 && bank >= k, "--bank", bank, "--k or more");
        require(queries > 0, "--queries", queries, "1 or more");
        require(width > 0, "--width", width, "1 or more");
        require(threads >= 0 && threads <= 1024, "--threads", threads, "0 to 1024");
        require(rounds > 0, "--rounds", rounds, "1 or more");
        require(seconds >= 0, "--seconds", seconds, "0 or more");
        final Python packages = python.python();
        if (cases.contains("knn"))
            packages.install(System.out, FAISS);
        else
            packages.install(System.out);
        final List<Result> results = cases.stream().map(each -> each.equals("knn") ? knn(packages) : model(packages, each))
                .toList();
        print(results, System.out);
        return 0;
    }

    private Result model(Python packages, String name) {
        final int classes = name.equals("classify") ? CLASSES : 0;
        final VitShape vit = VitShape.preset(model, 224, 3);
        final List<Parameter> parameters = EvaluateContestant.parameters(vit, classes);
        final SplittableRandom random = new SplittableRandom(0);
        final long values = parameters.stream().mapToLong(Parameter::elements).sum();
        try (SyntheticFile weights = SyntheticFile.written(values, 1,
                row -> row[0] = (float) random.nextDouble(-DEVIATION, DEVIATION))) {
            final Map<String, Object> description = description(name);
            description.putAll(Map.of("model", model, "image", vit.image(), "patch", vit.patch(), "heads", vit.heads(), "depth",
                    vit.depth(), "batch", batch, "classes", classes, "weights", weights.path().toString()));
            description.put("parameters", parameters.stream().map(each -> List.of(each.name(), each.dimensions())).toList());
            return contest(name, "PyTorch eager", batch, description, packages, "model_contestant.py");
        }
    }

    private Result knn(Python packages) {
        try (SyntheticFile bankFile = SyntheticFile.unitRows(bank, width, 1);
                SyntheticFile queryFile = SyntheticFile.unitRows(queries, width, 2)) {
            final Map<String, Object> description = description("knn");
            description.putAll(Map.of("bank", bank, "queries", queries, "width", width, "k", k, "bankFile",
                    bankFile.path().toString(), "queryFile", queryFile.path().toString()));
            return contest("knn", "faiss flat index", queries, description, packages, "knn_contestant.py");
        }
    }

    private Map<String, Object> description(String kind) {
        return new TreeMap<>(Map.of("kind", kind, "threads",
                threads == 0 ? Runtime.getRuntime().availableProcessors() : threads));
    }

    private Result contest(String name, String other, int unit, Map<String, Object> description, Python packages,
            String program) {
        final List<Double> own = new ArrayList<>();
        final List<Double> theirs = new ArrayList<>();
        final ProcessBuilder python3 = packages.contestant(EvaluateBench.class, program, description);
        python3.environment().put("OMP_NUM_THREADS", String.valueOf(description.get("threads")));
        try (ContestantProcess retort = ContestantProcess.start("Retort", EvaluateContestant.process(json(description)));
                ContestantProcess they = ContestantProcess.start(other, python3)) {
            for (int round = 0; round <= rounds; round++) {
                final ContestantProcess.Turn ownTurn = retort.run(round == 0 ? 0 : seconds);
                final ContestantProcess.Turn theirTurn = they.run(round == 0 ? 0 : seconds);
                if (round > 0) {
                    own.add(unit * ownTurn.units() / ownTurn.seconds());
                    theirs.add(unit * theirTurn.units() / theirTurn.seconds());
                    System.err.printf(Locale.ROOT, "%s, turn %d of %d: Retort %.1f/s, %s %.1f/s%n", name, round, rounds,
                            own.getLast(), other, theirs.getLast());
                }
            }
            return new Result(name, other + " (" + they.words() + ")", own, theirs, retort.peakBytes().orElse(0),
                    they.peakBytes().orElse(0));
        }
    }

    private static String json(Map<String, Object> description) {
        try {
            return new ObjectMapper().writeValueAsString(description);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void print(List<Result> results, PrintStream out) {
        out.printf(Locale.ROOT,
                "%n%s, batches of %d, float32; k-NN: %,d queries, bank of %,d rows, width %d, k = %d; %d processors, medians of %d%n%n",
                model, batch, queries, bank, width, k, Runtime.getRuntime().availableProcessors(), rounds);
        out.printf(Locale.ROOT, "%-10s %12s %12s %8s %8s %12s %12s  %s%n", "case", "Retort /s", "other /s", "ratio", "goal",
                "Retort MB", "other MB", "against");
        final ObjectNode json = new ObjectMapper().createObjectNode().put("bench", "evaluate").put("model", model)
                .put("batch", batch).put("bank", bank).put("queries", queries).put("width", width).put("k", k)
                .put("rounds", rounds)
                .put("threads", threads).put("processors", Runtime.getRuntime().availableProcessors());
        for (final Result result : results) {
            final double own = Rounds.median(result.own).orElse(Double.NaN);
            final double theirs = Rounds.median(result.theirs).orElse(Double.NaN);
            out.printf(Locale.ROOT, "%-10s %12.1f %12.1f %7.2fx %7.1fx %12d %12d  %s%n", result.name, own, theirs, result.ratio(),
                    GOALS.get(result.name), result.ownPeak >> 20, result.theirPeak >> 20, result.other);
            json.withArray("results").addObject().put("case", result.name).put("against", result.other).put("perSecond", own)
                    .put("otherPerSecond", theirs).put("ratio", result.ratio()).put("peakBytes", result.ownPeak)
                    .put("otherPeakBytes", result.theirPeak);
        }
        out.println();
        out.println(json);
    }

    private void require(boolean allowed, String option, Object value, String wanted) {
        if (!allowed)
            throw new ParameterException(spec.commandLine(), option + " " + value + " is out of range, give " + wanted);
    }
}
