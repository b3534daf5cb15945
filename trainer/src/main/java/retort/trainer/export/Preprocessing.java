package retort.trainer.export;

import java.util.List;

/**
 * Facts about the training images that a user of the weights needs.
 *
 * @param mean mean of each channel, for values from 0 to 1; empty if it is not known
 * @param std standard deviation of each channel, as {@code mean}
 * @param classNames names of classes in the order of the head's outputs; empty if they are not known
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

    /** {@code given}; what is not known there is taken from this. */
    public Preprocessing over(Preprocessing given) {
        return new Preprocessing(given.mean.isEmpty() ? mean : given.mean, given.std.isEmpty() ? std : given.std,
                given.classNames.isEmpty() ? classNames : given.classNames);
    }
}
