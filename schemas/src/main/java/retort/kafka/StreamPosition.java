package retort.kafka;

import java.util.Map;
import java.util.Optional;

/**
 * The position of a reader in a stream.
 *
 * @param nextSequence sequence of the first record that is not completely used
 * @param offsets for each partition the offset of its first record that is not completely used; a partition that is absent is read from
 *     the start of its log, and records before {@code nextSequence} are dropped
 * @param topicId id of the topic that the position was saved for (KIP-516). A reader refuses the position if the topic has another id.
 *     Empty for a position that no reader has confirmed, and for one that was saved before release 2
 */
public record StreamPosition(long nextSequence, Map<Integer, Long> offsets, Optional<String> topicId) {
    public static final StreamPosition START = new StreamPosition(0, Map.of());

    /** A position in whatever topic the stream has. */
    public StreamPosition(long nextSequence, Map<Integer, Long> offsets) {
        this(nextSequence, offsets, Optional.empty());
    }

    public StreamPosition {
        offsets = Map.copyOf(offsets);
    }
}
