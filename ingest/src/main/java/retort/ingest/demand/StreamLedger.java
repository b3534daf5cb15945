package retort.ingest.demand;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import retort.record.PublishedMark;

/**
 * Counts the images and bytes of a stream that are really published, by sequence, and admits records up to a limit. The number of records
 * alone is no measure, because a record is shorter than its nominal size if the source delivers slowly or samples are rejected. Records
 * that this ledger has not counted are taken as full. They are the records before the oldest mark and the records of other owners of the
 * stream's partitions. Any thread.
 */
public final class StreamLedger {
    /**
     * The largest number of marks in memory. Beyond it every second mark is dropped, and images between two marks count from the earlier
     * mark.
     */
    private static final int MOST_HELD = 1 << 16;
    /** The largest number of marks that are persisted with each position. */
    private static final int MOST_PERSISTED = 64;

    private final Limits limits;
    /** The images and bytes that were published before a sequence, by sequence. */
    private final TreeMap<Long, Count> marks = new TreeMap<>();
    private Count published;
    /** One past the last published sequence. */
    private long next;
    /** One past the last admitted sequence. */
    private long admitted;
    private long inFlight;
    /** The admitted records that are not published yet, in order. */
    private final Queue<Begun> begun = new ArrayDeque<>();

    /** @param images images of the record, plus full records for the sequences of other owners before it */
    private record Begun(long sequence, long images) {
    }

    /**
     * The limits of one stream.
     *
     * @param images most images that may lie between the floor and the last record
     * @param bytes most bytes of the records between the floor and the last record
     * @param imagesPerRecord images of a full record
     */
    public record Limits(long images, long bytes, int imagesPerRecord) {
        /** No limits, for streams that are kept for ever. */
        public static Limits none(int imagesPerRecord) {
            return new Limits(Long.MAX_VALUE, Long.MAX_VALUE, imagesPerRecord);
        }

        /**
         * The largest batch, in images, that is always served. It is smaller than {@code images}, because a batch may begin and end inside
         * a record, and because after a restart images count from the persisted mark before them.
         */
        public long mostBatch() {
            return Math.max(1, images - images / (MOST_PERSISTED / 2) - 2L * imagesPerRecord);
        }
    }

    private record Count(long images, long bytes) {
    }

    /**
     * @param first the sequence that publishing begins at
     * @param persisted the marks of an earlier process, as {@link #marks} gave them; may be empty
     */
    public StreamLedger(Limits limits, long first, List<PublishedMark> persisted) {
        this.limits = limits;
        persisted.forEach(mark -> marks.put(mark.getSequence(), new Count(mark.getImages(), mark.getBytes())));
        marks.tailMap(first, false).clear(); // marks of an owner of more partitions, which had published further
        if (marks.isEmpty())
            marks.put(first, new Count(0, 0));
        this.next = marks.lastKey();
        this.admitted = next;
        this.published = marks.lastEntry().getValue();
    }

    /**
     * Admits the next record and counts its samples as begun, or refuses it for now. A record is always admitted if nothing lies between
     * the floor and the record.
     *
     * @param floor the sequence that the lead is counted from
     * @param samples number of samples of the record
     * @return true if the record is admitted
     */
    public synchronized boolean admit(long floor, long sequence, int samples) {
        final long more = samples + nominal(sequence - admitted);
        final long ahead = published.images - before(floor).images + inFlight;
        if (ahead > 0 && (ahead > limits.images - more || bytes(floor) > limits.bytes))
            return false;
        admitted = sequence + 1;
        inFlight += more;
        begun.add(new Begun(sequence, more));
        return true;
    }

    /**
     * Counts the next admitted record as published.
     *
     * @param images number of images in the record
     * @param bytes bytes of the record
     * @throws IllegalStateException if {@code sequence} is not the next admitted one
     */
    public synchronized void published(long sequence, int images, long bytes) {
        final Begun first = begun.remove();
        if (first.sequence != sequence)
            throw new IllegalStateException(
                    "sequence " + sequence + " is published and " + first.sequence + " is the next one begun");
        final long others = nominal(sequence - next);
        inFlight -= first.images;
        published = new Count(published.images + images + others, published.bytes + bytes);
        next = sequence + 1;
        marks.put(next, published);
        if (marks.size() > MOST_HELD)
            thin();
    }

    /** Images between {@code floor} and the last published record. */
    public synchronized long images(long floor) {
        return Math.max(0, published.images - before(floor).images);
    }

    /** Bytes of the records between {@code floor} and the last published one. */
    public synchronized long bytes(long floor) {
        return published.bytes - before(floor).bytes;
    }

    /** A selection of the marks, oldest first, for the position that is published with the records. */
    public synchronized List<PublishedMark> marks() {
        final List<PublishedMark> selected = new ArrayList<>();
        final int step = Math.ceilDiv(marks.size(), MOST_PERSISTED);
        int fromEnd = marks.size() - 1;
        for (final Map.Entry<Long, Count> mark : marks.entrySet())
            if (fromEnd-- % step == 0)
                selected.add(new PublishedMark(mark.getKey(), mark.getValue().images, mark.getValue().bytes));
        return selected;
    }

    private Count before(long sequence) {
        final Map.Entry<Long, Count> mark = marks.floorEntry(sequence);
        if (mark == null) {
            final Map.Entry<Long, Count> oldest = marks.firstEntry();
            return new Count(oldest.getValue().images - nominal(oldest.getKey() - sequence), oldest.getValue().bytes);
        }
        if (sequence <= next)
            return mark.getValue();
        final long before = begun.stream().filter(record -> record.sequence < sequence).mapToLong(Begun::images).sum();
        return new Count(published.images + before + nominal(Math.max(0, sequence - admitted)), published.bytes);
    }

    private long nominal(long records) {
        return records * limits.imagesPerRecord;
    }

    private void thin() {
        final Long last = marks.lastKey();
        boolean drop = false;
        for (final var each = marks.keySet().iterator(); each.hasNext();) {
            final Long sequence = each.next();
            if (drop && !sequence.equals(last))
                each.remove();
            drop = !drop;
        }
    }
}
