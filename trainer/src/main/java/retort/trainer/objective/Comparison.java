package retort.trainer.objective;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Set;
import retort.settings.Section;

/**
 * The way in which features of the student are compared with those of the teacher.
 *
 * @param beta difference from which {@link Distance#SMOOTH_L1} is linear
 * @param channels how the distances of a token's channels are put together
 * @param unitFeatures true if the features of both sides are scaled to length 1 first
 * @param standardizedTargets true if each token of the teacher is standardised first: a layer norm without gain and bias
 * @param standardEpsilon what this norm adds to the variance
 */
public record Comparison(Distance distance, double beta, Channels channels, boolean unitFeatures, boolean standardizedTargets,
        double standardEpsilon) {
    /** How the distances of a token's channels are put together. The mean over the tokens follows. */
    public enum Channels {
        MEAN("mean"), SUM("sum");

        private final String name;

        Channels(String name) {
            this.name = name;
        }

        /** The name in settings. */
        @Override
        public String toString() {
            return name;
        }
    }

    /** Key of the distance. */
    public static final String DISTANCE = "distance";
    /** Key of the difference from which the distance is linear. */
    public static final String BETA = "smooth-l1-beta";
    /** Key of the sum or mean over channels. */
    public static final String CHANNELS = "channel-reduction";
    /** Key of the standardised targets. */
    public static final String STANDARDIZED = "standardize-targets";
    /** Key of the epsilon of their norm. */
    public static final String EPSILON = "standardize-epsilon";
    /** Keys that {@link #of} reads. */
    public static final Set<String> KEYS = Set.of(DISTANCE, BETA, CHANNELS, "unit-features", STANDARDIZED, EPSILON);
    /** The key that came after {@code decode}, with the value that means the same as its absence. */
    static final Map<String, String> LATEST = Map.of(EPSILON, "0.000001");
    /** Keys that the first release did not have, with the values that mean the same as their absence. */
    static final Map<String, String> LATER = Map.ofEntries(entry(BETA, "1"), entry(CHANNELS, Channels.MEAN.toString()),
            entry(STANDARDIZED, "false"), entry(EPSILON, "0.000001"));

    /** A comparison by the mean over all channels, with features as they are but for their length. */
    public Comparison(Distance distance, boolean unitFeatures) {
        this(distance, 1, Channels.MEAN, unitFeatures, false);
    }

    /** A comparison whose targets, if they are standardised, are so with the epsilon of most encoders. */
    public Comparison(Distance distance, double beta, Channels channels, boolean unitFeatures, boolean standardizedTargets) {
        this(distance, beta, channels, unitFeatures, standardizedTargets, 1e-6);
    }

    static Comparison of(Section run) {
        return new Comparison(run.oneOf(DISTANCE, Distance.values()), run.real(BETA, 1e-9, 1e9),
                run.oneOf(CHANNELS, Channels.values()), run.bool("unit-features"), run.bool(STANDARDIZED),
                run.real(EPSILON, 1e-15, 0.1));
    }

    /** Values of the program's attributes. */
    Map<String, Object> attributes() {
        return Map.of("distance", distance.toString(), "beta", beta, "sum_channels", channels == Channels.SUM, "unit_features",
                unitFeatures, "standardized_targets", standardizedTargets, "standard_epsilon", standardEpsilon);
    }
}
