package retort.trainer.bench;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * What one case under one allocator came to.
 *
 * @param seconds of each contestant's timed steps, round by round
 * @param peakBytes resident at most during those steps, where the system says so
 */
record StepResult(StepCase step, Malloc malloc, Map<Contestant, List<Double>> seconds, Map<Contestant, Long> peakBytes) {
    /** A ratio that a goal is set for. */
    enum Ratio {
        FLOAT32_OF_LEAN("float32: lean eager / Retort", Contestant.LEAN_FLOAT32, Contestant.RETORT_FLOAT32,
                1.05), FLOAT32_OF_AUTHORS("float32: the authors' way / Retort", Contestant.AUTHORS_FLOAT32,
                        Contestant.RETORT_FLOAT32, 1.45), BFLOAT16_OF_LEAN("bfloat16: lean autocast / Retort",
                                Contestant.LEAN_BFLOAT16, Contestant.RETORT_BFLOAT16,
                                1.15), BFLOAT16_OF_AUTHORS("the authors' float32 / Retort's bfloat16", Contestant.AUTHORS_FLOAT32,
                                        Contestant.RETORT_BFLOAT16, 3);

        final String title;
        final Contestant slower;
        final Contestant faster;
        final double goal;

        Ratio(String title, Contestant slower, Contestant faster, double goal) {
            this.title = title;
            this.slower = slower;
            this.faster = faster;
            this.goal = goal;
        }
    }

    OptionalDouble median(Contestant contestant) {
        return median(seconds.getOrDefault(contestant, List.of()));
    }

    OptionalDouble fastest(Contestant contestant) {
        return seconds.getOrDefault(contestant, List.of()).stream().mapToDouble(Double::doubleValue).min();
    }

    /** The ratios whose two sides were measured. */
    Map<Ratio, Double> ratios() {
        final Map<Ratio, Double> ratios = new EnumMap<>(Ratio.class);
        for (final Ratio ratio : Ratio.values())
            quotient(ratio.slower, ratio.faster).ifPresent(value -> ratios.put(ratio, value));
        return ratios;
    }

    /** Of the quotients round by round, the median: a machine whose speed drifts changes both sides of a round, not one. */
    private OptionalDouble quotient(Contestant above, Contestant below) {
        final List<Double> tops = seconds.getOrDefault(above, List.of());
        final List<Double> bottoms = seconds.getOrDefault(below, List.of());
        return median(IntStream.range(0, Math.min(tops.size(), bottoms.size())).mapToObj(i -> tops.get(i) / bottoms.get(i))
                .toList());
    }

    private static OptionalDouble median(List<Double> values) {
        final List<Double> all = values.stream().sorted().toList();
        return all.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of((all.get((all.size() - 1) / 2) + all.get(all.size() / 2)) / 2);
    }

    /** Most memory resident during Retort's steps, by that of the same step in Python. */
    Map<String, Double> memoryRatios() {
        final Map<String, Double> ratios = new LinkedHashMap<>();
        for (final Ratio ratio : List.of(Ratio.FLOAT32_OF_LEAN, Ratio.BFLOAT16_OF_LEAN))
            if (peak(ratio.faster).isPresent() && peak(ratio.slower).isPresent())
                ratios.put("memory, " + ratio.faster.precision() + ": Retort / lean",
                        (double) peak(ratio.faster).getAsLong() / peak(ratio.slower).getAsLong());
        return ratios;
    }

    /** Operations a second of the matrix products alone. */
    double rate(Contestant products) {
        return productOperations() / median(products).orElse(Double.NaN);
    }

    /** Of that rate, round by round, what the step's operations come to: for contestants that do no more than a lean step. */
    double share(Contestant contestant) {
        return quotient(contestant.rate(), contestant).orElse(Double.NaN) * step.operations() / productOperations();
    }

    private double productOperations() {
        return step.products().stream().mapToLong(StepCase.Product::operations).sum();
    }

    OptionalLong peak(Contestant contestant) {
        final Long bytes = peakBytes.get(contestant);
        return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
    }
}
