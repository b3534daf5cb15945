package retort.ingest;

import java.util.Comparator;
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
 * @param saved the position that was committed with the latest record of each owned partition that has one
 */
record Place(int partitions, Map<Integer, Long> next, Map<Integer, IngestPosition> saved) {
    Place {
        next = Map.copyOf(next);
        saved = Map.copyOf(saved);
    }

    /** @param positions the records of the topic {@code positions}, by key */
    static Place of(String stream, int partitions, Set<Integer> owned, Map<String, IngestPosition> positions) {
        final Map<Integer, IngestPosition> own = new TreeMap<>();
        for (final int partition : owned)
            Optional.ofNullable(positions.get(Keys.position(stream, partition))).ifPresent(at -> own.put(partition, at));
        return new Place(partitions,
                owned.stream().collect(Collectors.toMap(p -> p,
                        p -> Optional.ofNullable(own.get(p)).map(IngestPosition::getNextSequence).orElse((long) p))),
                own);
    }

    /** The position that was committed with the latest record of all owned partitions; empty before the first. */
    Optional<IngestPosition> latest() {
        return saved.values().stream().max(Comparator.comparingLong(IngestPosition::getNextSequence));
    }

    /** The position at which the source continues. Empty before the first record, and for a source whose samples have numbers. */
    Optional<String> sourcePosition() {
        return latest().map(IngestPosition::getSourcePosition);
    }

    /** The counts with which a ledger of the stream starts. */
    List<PublishedMark> marks() {
        return latest().map(IngestPosition::getPublished).orElse(List.of());
    }

    /** The number of samples of each owned partition that were rejected in the epoch of {@link #first}. */
    Map<Integer, Long> epochRejected(Layout layout) {
        return saved.entrySet().stream()
                .filter(at -> layout.epoch(at.getValue().getNextSequence() - partitions) == layout.epoch(first()))
                .collect(Collectors.toMap(Map.Entry::getKey, at -> at.getValue().getEpochRejected()));
    }

    /** True if {@code sequence} lies in an owned partition. */
    boolean owns(long sequence) {
        return next.containsKey(StreamRecords.partition(sequence, partitions));
    }

    /** True if {@code sequence} lies in an owned partition and is published. */
    boolean has(long sequence) {
        return owns(sequence) && !wants(sequence);
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
