package retort.ingest.recipe.augment;

/**
 * The strength of an operation, in timm's terms.
 *
 * @param level 0 to 10, or to the policy's {@code mmax}
 * @param increasing true if a higher level is always a stronger change ({@code inc1})
 * @param negative direction of an operation that has two directions
 */
record Strength(double level, boolean increasing, boolean negative) {
    /** The share {@code level / 10} of {@code most}, negated if {@code negative} is true. */
    double signed(double most) {
        final double share = level / 10 * most;
        return negative ? -share : share;
    }

    /** The share {@code level / 10} of {@code most}, truncated. If the policy increases, the share is subtracted from {@code most}. */
    int counted(int most) {
        final int share = (int) (level / 10 * most);
        return increasing ? most - share : share;
    }

    /** The factor of an enhancement. A factor of 1 changes nothing. */
    double factor() {
        return increasing ? Math.max(0.1, 1 + signed(0.9)) : level / 10 * 1.8 + 0.1;
    }
}
