package retort.trainer.export;

import java.util.List;

/**
 * Facts about the training images that a user of the weights needs.
 *
 * @param mean by channel, of values from 0 to 1; empty where it is not known
 * @param std by channel, as {@code mean}
 * @param classNames in the order of the head's outputs; empty where they are not known
 */
public record Preprocessing(List<Double> mean, List<Double> std, List<String> classNames) {
    /** Nothing is known. */
    public static final Preprocessing UNKNOWN = new Preprocessing(List.of(), List.of(), List.of());

    public Preprocessing {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        classNames = List.copyOf(classNames);
        if (mean.size() != std.size())
            throw new IllegalArgumentException("a mean of " + mean.size() + " channels and a deviation of " + std.size());
    }
}
