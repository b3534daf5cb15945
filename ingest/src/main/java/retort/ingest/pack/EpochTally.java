package retort.ingest.pack;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import retort.ingest.order.Layout;
import retort.ingest.settings.StreamSettings;
import retort.kafka.StreamRecords;
import retort.record.Rejected;

/**
 * Counts the rejected samples of each epoch. An epoch without an image is a fault. An epoch is also a fault if a larger share of its
 * samples than {@code ingest.max-rejected} is rejected, because a model would silently train on the rest. A fault is reported as soon as it
 * is certain. It is reported before the record that makes it certain is published, so that a restart finds it again. Confined to one thread
 * at a time.
 */
public final class EpochTally {
    private final StreamSettings stream;
    private final Layout layout;
    private final LongPredicate owned;
    private final int partitions;
    private final double most;
    /** The rejected samples of the present epoch, by partition, because partitions may pass to another owner within an epoch. */
    private final Map<Integer, Long> rejectedOf = new HashMap<>();
    private long epoch;
    private long samples;
    private long rejected;
    private String first = "";

    /**
     * @param owned the sequences whose records will be counted
     * @param partitions number of partitions of the stream
     * @param most the largest share of an epoch's samples that may be rejected, 0 to 1
     */
    public EpochTally(StreamSettings stream, Layout layout, LongPredicate owned, int partitions, double most) {
        this.stream = stream;
        this.layout = layout;
        this.owned = owned;
        this.partitions = partitions;
        this.most = most;
    }

    /**
     * Continues before {@code sequence}, after earlier owners of the same partitions.
     *
     * @param published the sequences whose records they have published
     * @param rejectedBefore the samples of that sequence's epoch that they have rejected, by partition
     * @return this tally
     */
    public EpochTally resumedAt(long sequence, LongPredicate published, Map<Integer, Long> rejectedBefore) {
        begin(layout.epoch(sequence));
        for (long s = epoch * layout.recordsPerEpoch(); layout.epoch(s) == epoch; s++)
            if (published.test(s))
                samples += layout.count(s);
        rejectedOf.putAll(rejectedBefore);
        rejected = rejectedOf.values().stream().mapToLong(Long::longValue).sum();
        return this;
    }

    private void begin(long next) {
        epoch = next;
        samples = 0;
        rejected = 0;
        rejectedOf.clear();
        first = "";
    }

    /**
     * Counts the next record in order of sequence.
     *
     * @return the fault of the epoch and the way out, in words; empty unless a fault is certain
     */
    public Optional<String> fault(PackedRecord record) {
        if (record.epoch() != epoch)
            begin(record.epoch());
        samples += record.samples();
        rejected += record.rejected().size();
        rejectedOf.merge(StreamRecords.partition(record.sequence(), partitions), (long) record.rejected().size(), Long::sum);
        if (first.isEmpty() && !record.rejected().isEmpty())
            first = text(record.rejected().getFirst());
        final boolean certain = isLast(record.sequence())
                ? rejected > most * samples || rejected == samples
                : rejected > most * layout.samplesPerEpoch();
        return certain ? Optional.of(text()) : Optional.empty();
    }

    /** The number of samples of the present epoch that were rejected in the partition of {@code sequence}. */
    public long rejected(long sequence) {
        return rejectedOf.getOrDefault(StreamRecords.partition(sequence, partitions), 0L);
    }

    private boolean isLast(long sequence) {
        long next = sequence + 1;
        while (layout.epoch(next) == epoch && !owned.test(next))
            next++;
        return layout.epoch(next) != epoch;
    }

    private String text() {
        final String reason = rejected == samples && rejected == layout.samplesPerEpoch()
                ? "every one of the %,d samples was rejected, so the epoch has no image".formatted(rejected)
                : String.format(Locale.ROOT,
                        "%,d of the %,d samples up to here were rejected, and ingest.max-rejected = %s of %,d may be",
                        rejected, samples, most, layout.samplesPerEpoch());
        return "stream " + stream.name() + ", epoch " + epoch + " of " + stream.shown() + ": " + reason
                + (first.isEmpty() ? "" : "; the first: " + first)
                + ". Mend the source" + (rejected == samples ? "" : " or raise ingest.max-rejected")
                + "; a dry run ('retort ingest --dry-run') and the topic rejected name the samples";
    }

    private static String text(Rejected sample) {
        return sample.getWhat() + ": " + sample.getReason();
    }
}
