package retort.ingest.recipe.augment;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import retort.ingest.recipe.resample.Filter;
import retort.random.CounterRandom;

/**
 * A policy in timm's notation, such as {@code rand-m9-mstd0.5-inc1}. It has a number of layers. Each layer draws an operation with
 * replacement and applies it half of the time, at a level around the magnitude. Immutable; any thread.
 *
 * @param magnitude mean of the level ({@code m})
 * @param layers number of layers ({@code n})
 * @param deviation standard deviation of the level ({@code mstd}); if infinite, the level is uniform from 0 to the magnitude
 * @param most largest level ({@code mmax})
 * @param increasing true if a higher level is always a stronger change ({@code inc})
 */
public record RandAugment(int magnitude, int layers, double deviation, double most, boolean increasing) {
    private static final Pattern PART = Pattern.compile("(mstd|mmax|inc|m|n)([0-9.]+)");
    private static final Operation[] OPERATIONS = Operation.values();

    /** @throws IllegalArgumentException if the policy is not understood; the message names the part */
    public static RandAugment parse(String policy) {
        final String[] parts = policy.toLowerCase(Locale.ROOT).split("-");
        if (!parts[0].equals("rand"))
            throw new IllegalArgumentException("must begin with rand, such as rand-m9-mstd0.5-inc1");
        int magnitude = 10;
        int layers = 2;
        double deviation = 0;
        double most = 10;
        boolean increasing = false;
        for (int i = 1; i < parts.length; i++) {
            final Matcher part = PART.matcher(parts[i]);
            if (!part.matches())
                throw new IllegalArgumentException(
                        "the part " + parts[i] + " is none of mNUMBER, nNUMBER, mstdNUMBER, mmaxNUMBER, inc1");
            final String value = part.group(2);
            try {
                switch (part.group(1)) {
                    case "m" -> magnitude = Integer.parseInt(value);
                    case "n" -> layers = Integer.parseInt(value);
                    case "mstd" ->
                        deviation = Double.parseDouble(value) > 100 ? Double.POSITIVE_INFINITY : Double.parseDouble(value);
                    case "mmax" -> most = Integer.parseInt(value);
                    default -> increasing = !value.equals("0");
                }
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("the part " + parts[i] + " wants "
                        + (part.group(1).equals("mstd") ? "a number" : "a whole number") + ", not " + value, e);
            }
        }
        return new RandAugment(magnitude, layers, deviation, most, increasing);
    }

    public void apply(Canvas canvas, Filter filter, CounterRandom random) {
        for (int i = 0; i < layers; i++) {
            final Operation operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
            // A layer makes all its draws even if it is not applied, so that the draws of the next layer do not depend on it.
            final boolean applied = random.nextDouble() < 0.5;
            final Strength strength = new Strength(level(random), increasing, random.nextDouble() < 0.5);
            if (applied)
                operation.apply(canvas, strength, filter);
        }
    }

    private double level(CounterRandom random) {
        final double drawn = Double.isInfinite(deviation)
                ? random.uniform(0, magnitude)
                : magnitude + deviation * random.nextGaussian();
        return Math.clamp(drawn, 0, most);
    }
}
