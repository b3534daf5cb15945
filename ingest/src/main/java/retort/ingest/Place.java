package retort.ingest;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import retort.ingest.order.Layout;
import retort.kafka.Keys;
import retort.kafka.StreamRecords;
import retort.record.IngestPosition;
import retort.record.PublishedMark;

/**
 * The position of the owner of some partitions: the next sequence of each of them. A process that owns other partitions than the one
 * before it goes on from the committed position of each partition.
 *
 * @param next the next sequence of each owned partition
 * @param latest the position that was committed with the owner's latest record; empty before the first
 */
record Place(int partitions, Map<Integer, Long> next, Optional<IngestPosition> latest) {
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
                own.values().stream().max(java.util.Comparator.comparingLong(IngestPosition::getNextSequence)));
    }

    /** The source's own position to go on from; empty for a source whose samples have numbers. */
    Optional<String> sourcePosition() {
        return latest.map(IngestPosition::getSourcePosition);
    }

    /** The counts that a ledger of the stream goes on from. */
    List<PublishedMark> marks() {
        return latest.map(IngestPosition::getPublished).orElse(List.of());
    }

    /** Samples that the owner has rejected in the epoch of {@link #first}. */
    long epochRejected(Layout layout) {
        return latest.filter(at -> layout.epoch(at.getNextSequence() - partitions) == layout.epoch(first()))
                .map(IngestPosition::getEpochRejected).orElse(0L);
    }

    /** Returns true if {@code sequence} lies in an owned partition. */
    boolean owns(long sequence) {
        return next.containsKey(StreamRecords.partition(sequence, partitions));
    }

    /** The first sequence that is still to be published. */
    long first() {
        return next.values().stream().mapToLong(Long::longValue).min().orElseThrow();
    }

    /** Returns true if {@code sequence} lies in an owned partition and is still to be published. */
    boolean wants(long sequence) {
        final Long from = next.get(StreamRecords.partition(sequence, partitions));
        return from != null && sequence >= from;
    }

    /** Returns true if every owned partition is published up to {@code lastSequence}. */
    boolean isPast(long lastSequence) {
        return first() > lastSequence;
    }
}
