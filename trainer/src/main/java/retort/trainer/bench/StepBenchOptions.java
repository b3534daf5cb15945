package retort.trainer.bench;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.function.Function;

/**
 * What to measure.
 *
 * @param rounds timed steps of each contestant, after one that is not
 * @param threads of every contestant
 * @param device cpu or cuda:N
 * @param pythonDirectory where PyTorch is, or will be installed
 */
record StepBenchOptions(List<StepCase> cases, List<Malloc> mallocs, List<Contestant> contestants, int rounds, int threads,
        String device, Path pythonDirectory) {
    static final String USAGE = """
            usage: retort bench step [options]
              --quick             one case (batch 8, 75 %, 8 decoder blocks), system malloc, 3 rounds
              --batch 8,32        images a step
              --mask 0.75,0.95,0.98
              --decoder 8,2       blocks of the student's decoder
              --malloc system,jemalloc
              --contestants retort-float32,retort-bfloat16,lean-float32,lean-bfloat16,authors-float32
              --rounds 5          timed steps of each, taken in turns; medians count
              --threads N         of every contestant (default: the machine's processors)
              --device cpu        or cuda:0
              --python-dir DIR    where PyTorch 2.7.1 is or will be installed (5 GB; default ~/.cache/retort/bench-python)""";

    /** @throws BenchException for an option or value that is not one */
    static StepBenchOptions parse(List<String> args) {
        List<Integer> batches = List.of(8, 32);
        List<Double> masks = List.of(0.75, 0.95, 0.98);
        List<Integer> decoders = List.of(8, 2);
        List<Malloc> mallocs = List.of(Malloc.values());
        List<Contestant> contestants = Arrays.stream(Contestant.values()).filter(each -> !each.isRate()).toList();
        int rounds = 5;
        int threads = Runtime.getRuntime().availableProcessors();
        String device = "cpu";
        Path python = Path.of(System.getProperty("user.home"), ".cache", "retort", "bench-python");
        final Queue<String> left = new ArrayDeque<>(args);
        while (!left.isEmpty()) {
            final String option = left.remove();
            switch (option) {
                case "--quick" -> {
                    batches = List.of(8);
                    masks = List.of(0.75);
                    decoders = List.of(8);
                    mallocs = List.of(Malloc.SYSTEM);
                    rounds = 3;
                }
                case "--batch" -> batches = list(option, left, Integer::valueOf);
                case "--mask" -> masks = list(option, left, Double::valueOf);
                case "--decoder" -> decoders = list(option, left, Integer::valueOf);
                case "--malloc" -> mallocs = list(option, left, text -> Malloc.valueOf(constant(text)));
                case "--contestants" -> contestants = list(option, left, text -> Contestant.valueOf(constant(text)));
                case "--rounds" -> rounds = list(option, left, Integer::valueOf).getFirst();
                case "--threads" -> threads = list(option, left, Integer::valueOf).getFirst();
                case "--device" -> device = list(option, left, Function.identity()).getFirst();
                case "--python-dir" -> python = Path.of(list(option, left, Function.identity()).getFirst());
                default -> throw new BenchException("bench step knows no option " + option + "\n" + USAGE);
            }
        }
        return new StepBenchOptions(cases(batches, decoders, masks), mallocs, contestants, rounds, threads, device,
                python.toAbsolutePath());
    }

    private static List<StepCase> cases(List<Integer> batches, List<Integer> decoders, List<Double> masks) {
        final List<StepCase> cases = new ArrayList<>();
        for (final int batch : batches)
            for (final int decoder : decoders)
                for (final double mask : masks)
                    cases.add(new StepCase(batch, mask, decoder));
        return cases;
    }

    private static <T> List<T> list(String option, Queue<String> left, Function<String, T> read) {
        final String value = left.poll();
        if (value == null)
            throw new BenchException("bench step " + option + " needs a value\n" + USAGE);
        try {
            return Arrays.stream(value.split(",")).map(String::strip).map(read).toList();
        } catch (IllegalArgumentException e) {
            throw new BenchException("bench step " + option + " " + value + " is not understood\n" + USAGE);
        }
    }

    private static String constant(String text) {
        return text.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
