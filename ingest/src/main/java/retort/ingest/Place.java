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
 * The position of a process that owns some partitions: the next sequence of each of them. Positions are kept for each partition, so a
 * process continues after processes that owned other partitions. Immutable.
 *
 * @param partitions number of partitions of the stream
 * @param next the next sequence of each owned partition
 * @param latest the position that was committed with the owner's latest record; empty before the first
 */
record Place(int partitions, Map<Integer, Long> next, Optional<IngestPosition> latest) {
    Place {
        next = Map.copyOf(next);
    }

    /** @param positions the records of the topic {@code positions}, by key */
    static Place of(String stream, int partitions, Set<Integer> owned, Map<String, IngestPosition> positions) {
        final Map<Integer, IngestPosition> own = new TreeMap<>();
        for (final int partition : owned)
            Optional.ofNullable(positions.get(Keys.position(stream, partition))).ifPresent(at -> own.put(partition, at));
        return new Place(partitions,
                owned.stream().collect(Collectors.toMap(p -> p,
                        p -> Optional.ofNullable(own.get(p)).map(IngestPosition::getNextSequence).orElse((long) p))),
                own.values().stream().max(java.util.Comparator.comparingLong(IngestPosition::getNextSequence)));
    }

    /** The position at which the source continues. Empty before the first record, and for a source whose samples have numbers. */
    Optional<String> sourcePosition() {
        return latest.map(IngestPosition::getSourcePosition);
    }

    /** The counts with which a ledger of the stream starts. */
    List<PublishedMark> marks() {
        return latest.map(IngestPosition::getPublished).orElse(List.of());
    }

    /** The number of samples that the owner has rejected in the epoch of {@link #first}. */
    long epochRejected(Layout layout) {
        return latest.filter(at -> layout.epoch(at.getNextSequence() - partitions) == layout.epoch(first()))
                .map(IngestPosition::getEpochRejected).orElse(0L);
    }

    /** True if {@code sequence} lies in an owned partition. */
    boolean owns(long sequence) {
        return next.containsKey(StreamRecords.partition(sequence, partitions));
    }

    /** The first sequence that is still to be published. */
    long first() {
        return next.values().stream().mapToLong(Long::longValue).min().orElseThrow();
    }

    /** True if {@code sequence} lies in an owned partition and is not published yet. */
    boolean wants(long sequence) {
        final Long from = next.get(StreamRecords.partition(sequence, partitions));
        return from != null && sequence >= from;
    }

    /** True if every owned partition is published up to and including {@code lastSequence}. */
    boolean isPast(long lastSequence) {
        return first() > lastSequence;
    }
}
