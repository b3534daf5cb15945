package retort.trainer.ledger;

/**
 * The images that one step has used.
 *
 * @param step number of the step, from 1
 * @param from the place in the stream before its first image
 * @param to the place after its last image
 * @param images number of images
 * @param idsChecksum {@link IdsChecksum} of the sample ids of the images
 */
public record LedgerEntry(long step, Place from, Place to, int images, int idsChecksum) {
    /** {@code STEP FROM TO IMAGES IDS}, the last as 8 hex digits. */
    String text() {
        return step + " " + from + " " + to + " " + images + " " + String.format("%08x", idsChecksum);
    }

    /** @throws IllegalArgumentException if {@code text} is not what {@link #text} has written */
    static LedgerEntry parse(String text) {
        final String[] parts = text.split(" ", -1);
        if (parts.length != 5)
            throw new IllegalArgumentException("\"" + text + "\" has not five columns");
        return new LedgerEntry(Long.parseLong(parts[0]), Place.parse(parts[1]), Place.parse(parts[2]), Integer.parseInt(parts[3]),
                Integer.parseUnsignedInt(parts[4], 16));
    }
}
