package retort.trainer.ledger;

import java.util.Comparator;
import retort.trainer.images.ImagePosition;

/**
 * A place between two images of a stream, written {@code SEQUENCE+USED}.
 *
 * @param sequence the first record that has unused images
 * @param used number of images of that record that are used
 */
public record Place(long sequence, int used) implements Comparable<Place> {
    private static final Comparator<Place> STREAM_ORDER = Comparator.comparingLong(Place::sequence).thenComparingInt(Place::used);

    public Place {
        if (sequence < 0 || used < 0)
            throw new IllegalArgumentException("place " + sequence + "+" + used + " is negative");
    }

    public static Place of(ImagePosition position) {
        return new Place(position.nextSequence(), position.imagesUsed());
    }

    /** @throws IllegalArgumentException if {@code text} is no place */
    static Place parse(String text) {
        final int plus = text.indexOf('+');
        if (plus < 0)
            throw new IllegalArgumentException("\"" + text + "\" is no SEQUENCE+USED");
        return new Place(Long.parseLong(text.substring(0, plus)), Integer.parseInt(text.substring(plus + 1)));
    }

    /** In stream order. */
    @Override
    public int compareTo(Place other) {
        return STREAM_ORDER.compare(this, other);
    }

    public boolean isBefore(Place other) {
        return compareTo(other) < 0;
    }

    @Override
    public String toString() {
        return sequence + "+" + used;
    }
}
