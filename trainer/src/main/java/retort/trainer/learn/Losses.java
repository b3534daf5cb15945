package retort.trainer.learn;

import java.util.Map;
import java.util.Optional;

/**
 * The losses and the gradient of one step, computed with the weights before its update.
 *
 * @param parts {@code total}, then the other parts that the objective reports, not yet multiplied by their weights
 * @param gradientNorm global norm over all trained parameters, before clipping
 * @param learningRate learning rate of the step
 */
public record Losses(Map<String, Double> parts, double gradientNorm, double learningRate) {
    public Losses {
        parts = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(parts));
    }

    public double total() {
        return parts.getOrDefault("total", Double.NaN);
    }

    /**
     * The first value that is not finite, looked for in the parts, in the total, and in the gradient, in this order; empty if all are
     * finite. The weights after such a step are worthless.
     */
    public Optional<String> broken() {
        final Optional<String> part = parts.entrySet().stream().filter(entry -> !entry.getKey().equals("total"))
                .filter(entry -> !Double.isFinite(entry.getValue())).map(Map.Entry::getKey).findFirst();
        if (part.isPresent() || Double.isFinite(total()) && Double.isFinite(gradientNorm))
            return part;
        return Optional.of(Double.isFinite(total()) ? "gradient" : "total");
    }
}
