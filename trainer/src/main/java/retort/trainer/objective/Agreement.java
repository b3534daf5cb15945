package retort.trainer.objective;

/** The conditions under which settings and shapes agree. */
final class Agreement {
    private Agreement() {
    }

    /** @throws IllegalArgumentException with the message {@code otherwise} if the condition does not hold */
    static void require(boolean holds, String otherwise) {
        if (!holds)
            throw new IllegalArgumentException(otherwise);
    }
}
