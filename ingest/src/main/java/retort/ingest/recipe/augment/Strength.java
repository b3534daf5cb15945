package retort.ingest.recipe.augment;

/**
 * The strength of an operation, in timm's terms.
 *
 * @param level 0 to 10, or to the policy's {@code mmax}
 * @param increasing true if more level is always more change ({@code inc1})
 * @param negative the coin of operations that go either way
 */
record Strength(double level, boolean increasing, boolean negative) {
    /** The share {@code level / 10} of {@code most}, either way. */
    double signed(double most) {
        final double share = level / 10 * most;
        return negative ? -share : share;
    }

    /** The share of {@code most} in whole steps, from the other end where the policy increases. */
    int counted(int most) {
        final int share = (int) (level / 10 * most);
        return increasing ? most - share : share;
    }

    /** Returns the factor of an enhancement; the factor 1 changes nothing. */
    double factor() {
        return increasing ? Math.max(0.1, 1 + signed(0.9)) : level / 10 * 1.8 + 0.1;
    }
}
