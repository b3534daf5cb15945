package retort.bench.step;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import retort.bench.Rounds;

/**
 * The figures of one case under one allocator.
 *
 * @param seconds time of each step of each contestant, round by round
 * @param peakBytes peak of resident memory during these steps; a contestant is missing if the system does not report it
 */
record StepResult(StepCase step, Malloc malloc, Map<Contestant, List<Double>> seconds, Map<Contestant, Long> peakBytes) {
    /** A ratio that has a goal. */
    enum Ratio {
        FLOAT32_OF_LEAN("float32: lean eager / Retort", Contestant.LEAN_FLOAT32, Contestant.RETORT_FLOAT32,
                1.05), FLOAT32_OF_AUTHORS("float32: the authors' way / Retort", Contestant.AUTHORS_FLOAT32,
                        Contestant.RETORT_FLOAT32, 1.45), BFLOAT16_OF_LEAN("bfloat16: lean autocast / Retort",
                                Contestant.LEAN_BFLOAT16, Contestant.RETORT_BFLOAT16,
                                1.15), BFLOAT16_OF_AUTHORS("the authors' float32 / Retort's bfloat16", Contestant.AUTHORS_FLOAT32,
                                        Contestant.RETORT_BFLOAT16,
                                        3), FLOAT32_OF_PROGRAM("float32: the program in Python / in Java",
                                                Contestant.PROGRAM_FLOAT32, Contestant.RETORT_FLOAT32,
                                                1), BFLOAT16_OF_PROGRAM("bfloat16: the program in Python / in Java",
                                                        Contestant.PROGRAM_BFLOAT16, Contestant.RETORT_BFLOAT16, 1);

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
        return Rounds.median(rounds(contestant));
    }

    OptionalDouble fastest(Contestant contestant) {
        return rounds(contestant).stream().mapToDouble(Double::doubleValue).min();
    }

    /** The ratios of which both sides were measured. */
    Map<Ratio, Double> ratios() {
        final Map<Ratio, Double> ratios = new EnumMap<>(Ratio.class);
        for (final Ratio ratio : Ratio.values())
            Rounds.quotient(rounds(ratio.slower), rounds(ratio.faster)).ifPresent(value -> ratios.put(ratio, value));
        return ratios;
    }

    private List<Double> rounds(Contestant contestant) {
        return seconds.getOrDefault(contestant, List.of());
    }

    /** The memory peak of Retort's process divided by the peak of the lean contestant in Python, by precision. */
    Map<String, Double> memoryRatios() {
        final Map<String, Double> ratios = new LinkedHashMap<>();
        for (final Ratio ratio : List.of(Ratio.FLOAT32_OF_LEAN, Ratio.BFLOAT16_OF_LEAN))
            if (peak(ratio.faster).isPresent() && peak(ratio.slower).isPresent())
                ratios.put("memory, " + ratio.faster.precision() + ": Retort / lean",
                        (double) peak(ratio.faster).getAsLong() / peak(ratio.slower).getAsLong());
        return ratios;
    }

    /** Floating-point operations per second of the contestant that computes only matrix products. */
    double rate(Contestant products) {
        return productOperations() / median(products).orElse(Double.NaN);
    }

    /**
     * The operations per second of a contestant, divided by {@link #rate}: the median over the rounds. It is valid for contestants that
     * compute no more than a lean step.
     */
    double share(Contestant contestant) {
        return Rounds.quotient(rounds(contestant.rate()), rounds(contestant)).orElse(Double.NaN) * step.operations()
                / productOperations();
    }

    private double productOperations() {
        return step.products().stream().mapToLong(StepCase.Product::operations).sum();
    }

    OptionalLong peak(Contestant contestant) {
        final Long bytes = peakBytes.get(contestant);
        return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
    }
}
