package retort.kafka;

import java.util.Map;
import java.util.Optional;

/**
 * The position of a reader in a topic that any program may write.
 *
 * @param offsets the next offset of each partition; a partition that is absent is read from its beginning
 * @param topicId id of the topic that the position was saved for; empty at the start, and for a position that was saved before release 2
 */
public record RawPosition(Map<Integer, Long> offsets, Optional<String> topicId) {
    public static final RawPosition START = new RawPosition(Map.of(), Optional.empty());

    public RawPosition {
        offsets = Map.copyOf(offsets);
    }
}
