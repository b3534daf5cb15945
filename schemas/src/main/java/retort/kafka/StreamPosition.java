package retort.kafka;

import java.util.Map;

/**
 * The position of a reader in a stream.
 *
 * @param nextSequence sequence of the first record that is not completely used
 * @param offsets for each partition the offset of its first record that is not completely used; a partition that is absent is read from
 *     the start of its log, and records before {@code nextSequence} are dropped
 */
public record StreamPosition(long nextSequence, Map<Integer, Long> offsets) {
    public static final StreamPosition START = new StreamPosition(0, Map.of());

    public StreamPosition {
        offsets = Map.copyOf(offsets);
    }
}
