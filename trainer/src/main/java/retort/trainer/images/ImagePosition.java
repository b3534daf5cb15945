package retort.trainer.images;

import java.util.Map;
import retort.kafka.StreamPosition;

/**
 * A place between two images of a stream. All images before it are used; none after it is.
 *
 * @param next the first record that has unused images, and for each partition the offset of its first such record
 * @param imagesUsed number of images of the record {@code next.nextSequence()} that are used
 */
public record ImagePosition(StreamPosition next, int imagesUsed) {
    /** The place before the first image of a record. Its offset is not known; the reader looks for the record. */
    public static ImagePosition at(long sequence) {
        return new ImagePosition(new StreamPosition(sequence, Map.of()), 0);
    }

    /** Sequence of the first record that has unused images. */
    public long nextSequence() {
        return next.nextSequence();
    }
}
