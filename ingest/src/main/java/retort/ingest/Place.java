package retort.ingest;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import retort.kafka.Keys;
import retort.kafka.StreamRecords;
import retort.record.IngestPosition;

/**
 * Where the owner of some partitions stands: for each of them its next sequence. What one process published, another one that
 * owns other partitions goes on from, partition by partition.
 *
 * @param next by partition, those owned
 * @param sourcePosition where the source stands, for a source whose samples have no numbers
 */
record Place(int partitions, Map<Integer, Long> next, Optional<String> sourcePosition) {
    Place {
        next = Map.copyOf(next);
    }

    /** @param positions the topic {@code positions}, by key */
    static Place of(String stream, int partitions, Set<Integer> owned, Map<String, IngestPosition> positions) {
        final Map<Integer, IngestPosition> own = new TreeMap<>();
        for (final int partition : owned)
            Optional.ofNullable(positions.get(Keys.position(stream, partition))).ifPresent(at -> own.put(partition, at));
        return new Place(partitions,
                owned.stream().collect(Collectors.toMap(p -> p,
                        p -> Optional.ofNullable(own.get(p)).map(IngestPosition::getNextSequence).orElse((long) p))),
                own.values().stream().max(java.util.Comparator.comparingLong(IngestPosition::getNextSequence))
                        .map(IngestPosition::getSourcePosition));
    }

    /** The first sequence that is still to be published. */
    long first() {
        return next.values().stream().mapToLong(Long::longValue).min().orElseThrow();
    }

    /** Whether {@code sequence} is this owner's and still to be published. */
    boolean wants(long sequence) {
        final Long from = next.get(StreamRecords.partition(sequence, partitions));
        return from != null && sequence >= from;
    }

    /** Whether every owned partition is published up to {@code lastSequence}. */
    boolean isPast(long lastSequence) {
        return first() > lastSequence;
    }
}
