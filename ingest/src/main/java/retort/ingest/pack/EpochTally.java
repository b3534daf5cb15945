package retort.ingest.pack;

import java.util.Locale;
import java.util.Optional;
import java.util.function.LongPredicate;
import retort.ingest.order.Layout;
import retort.ingest.settings.StreamSettings;
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
    private final double most;
    private long epoch;
    private long samples;
    private long rejected;
    private String first = "";

    /**
     * @param owned the sequences whose records will be counted
     * @param most the largest share of an epoch's samples that may be rejected, 0 to 1
     */
    public EpochTally(StreamSettings stream, Layout layout, LongPredicate owned, double most) {
        this.stream = stream;
        this.layout = layout;
        this.owned = owned;
        this.most = most;
    }

    /**
     * Continues before {@code sequence}. An earlier process has rejected {@code rejectedBefore} samples of that sequence's epoch.
     *
     * @return this tally
     */
    public EpochTally resumedAt(long sequence, long rejectedBefore) {
        epoch = layout.epoch(sequence);
        samples = 0;
        for (long s = epoch * layout.recordsPerEpoch(); s < sequence; s++)
            if (owned.test(s))
                samples += layout.count(s);
        rejected = rejectedBefore;
        return this;
    }

    /**
     * Counts the next record in order of sequence.
     *
     * @return the fault of the epoch and the way out, in words; empty unless a fault is certain
     */
    public Optional<String> fault(PackedRecord record) {
        if (record.epoch() != epoch) {
            epoch = record.epoch();
            samples = 0;
            rejected = 0;
            first = "";
        }
        samples += record.samples();
        rejected += record.rejected().size();
        if (first.isEmpty() && !record.rejected().isEmpty())
            first = text(record.rejected().getFirst());
        final boolean certain = isLast(record.sequence())
                ? rejected > most * samples || rejected == samples
                : rejected > most * layout.samplesPerEpoch();
        return certain ? Optional.of(text()) : Optional.empty();
    }

    /** The number of samples of the present epoch that were rejected. */
    public long rejected() {
        return rejected;
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
