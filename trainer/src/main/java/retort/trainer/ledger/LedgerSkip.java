package retort.trainer.ledger;

/**
 * Images that the run has passed over because {@code trainer.skip} named their records. They lie between the begin and the end of one
 * step.
 *
 * @param step the step that passed over them, from 1
 * @param from the place before the first of them
 * @param to the place after the last of them, always the begin of a record
 */
public record LedgerSkip(long step, Place from, Place to) {
    private static final String WORD = "skip ";

    /** {@code skip STEP FROM TO}. */
    String text() {
        return WORD + step + " " + from + " " + to;
    }

    static boolean is(String text) {
        return text.startsWith(WORD);
    }

    /** @throws IllegalArgumentException if {@code text} is not what {@link #text} has written */
    static LedgerSkip parse(String text) {
        final String[] parts = text.split(" ", -1);
        if (!is(text) || parts.length != 4)
            throw new IllegalArgumentException("\"" + text + "\" is no skip STEP FROM TO");
        return new LedgerSkip(Long.parseLong(parts[1]), Place.parse(parts[2]), Place.parse(parts[3]));
    }
}
