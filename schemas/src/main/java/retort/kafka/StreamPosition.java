package retort.kafka;

import java.util.Map;

/**
 * The place of a reader in a stream.
 *
 * @param nextSequence first record not wholly used
 * @param offsets for each partition the offset of its first record not wholly used; a partition that is absent is read from
 *     its log's start and records before {@code nextSequence} are dropped
 */
public record StreamPosition(long nextSequence, Map<Integer, Long> offsets) {
    public static final StreamPosition START = new StreamPosition(0, Map.of());

    public StreamPosition {
        offsets = Map.copyOf(offsets);
    }
}
