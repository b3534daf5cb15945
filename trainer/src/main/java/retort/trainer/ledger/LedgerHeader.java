package retort.trainer.ledger;

/**
 * The first line of a ledger.
 *
 * @param run the run
 * @param stream the stream that it reads
 * @param firstStep number of steps that the run had taken before this ledger began; 0 for a ledger of the whole run
 * @param start the place in the stream where this ledger begins
 */
public record LedgerHeader(String run, String stream, long firstStep, Place start) {
    private static final String FORM = "retort-ledger-1";

    String text() {
        return FORM + " " + run + " " + stream + " " + firstStep + " " + start;
    }

    /** @throws IllegalArgumentException if {@code text} is no header of a form that is known */
    static LedgerHeader parse(String text) {
        final String[] parts = text.split(" ", -1);
        if (parts.length != 5 || !parts[0].equals(FORM))
            throw new IllegalArgumentException("\"" + text + "\" is no header of a ledger");
        return new LedgerHeader(parts[1], parts[2], Long.parseLong(parts[3]), Place.parse(parts[4]));
    }
}
