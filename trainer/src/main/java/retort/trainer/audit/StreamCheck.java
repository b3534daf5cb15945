package retort.trainer.audit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import retort.codec.ImageBatchView;
import retort.record.Stream;
import retort.trainer.ledger.IdsChecksum;
import retort.trainer.ledger.LedgerEntry;
import retort.trainer.ledger.LedgerSkip;
import retort.trainer.ledger.Place;

/**
 * Compares the steps of a ledger with the records of the stream: every step was trained on the samples that the stream holds at its
 * place, in their order, and every sample of an epoch was trained once. Records come in sequence order, without a gap. Memory is one
 * bit a sample of an epoch. Confined to one thread.
 */
final class StreamCheck {
    private final List<Finding> findings = new ArrayList<>();
    private final Deque<LedgerEntry> ahead;
    private final Optional<EpochCheck> epochs;
    private final List<LedgerSkip> skips;
    private @Nullable LedgerEntry step;
    private IdsChecksum checksum = new IdsChecksum();
    private long images;
    private long compared;

    /**
     * @param entries entries in the order of the ledger. An entry that begins before the end of the entry before it is not compared
     * @param skips what the entries have passed over
     */
    StreamCheck(Stream stream, List<LedgerEntry> entries, List<LedgerSkip> skips) {
        this.skips = List.copyOf(skips);
        this.ahead = new ArrayDeque<>(entries);
        final Long samples = stream.getSamplesPerEpoch();
        this.epochs = samples == null || samples < 1 || samples > Integer.MAX_VALUE
                ? Optional.empty() // a stream without an end has no second epoch
                : Optional.of(new EpochCheck(samples.intValue(), stream.getImagesPerRecord(),
                        entries.isEmpty() ? new Place(0, 0) : entries.getFirst().from(), findings));
    }

    /** Takes the next record. */
    void record(ImageBatchView record) {
        final long sequence = record.sequence();
        epochs.ifPresent(check -> check.begin(record));
        int used = 0;
        for (LedgerEntry entry = stepAt(new Place(sequence, 0)); entry != null
                && entry.from().compareTo(new Place(sequence, record.count())) < 0; entry = stepAt(new Place(sequence, used))) {
            final int begin = entry.from().sequence() == sequence ? entry.from().used() : 0;
            final int end = entry.to().sequence() == sequence ? entry.to().used() : record.count();
            if (end > record.count() || end < begin) {
                fault("step " + entry.step() + " used " + end + " images of record " + sequence + ", which holds "
                        + record.count());
                step = null;
                continue;
            }
            final int skipped = Math.clamp(firstSkipped(entry, sequence, end), begin, end);
            use(record, begin, skipped);
            epochs.ifPresent(check -> check.skipped(end - skipped));
            used = end;
            if (entry.to().sequence() > sequence)
                break;
        }
    }

    /** Index of the first image of a record that a step has passed over; {@code end} if it has passed over none. */
    private int firstSkipped(LedgerEntry entry, long sequence, int end) {
        for (final LedgerSkip skip : skips)
            if (skip.step() == entry.step() && skip.from().sequence() <= sequence && sequence < skip.to().sequence())
                return skip.from().sequence() == sequence ? skip.from().used() : 0;
        return end;
    }

    private void use(ImageBatchView record, int begin, int end) {
        checksum.add(record.sampleIds(), begin, end);
        images += end - begin;
        for (int i = begin; i < end; i++) {
            final long id = record.sampleIds()[i];
            epochs.ifPresent(check -> check.trained(id, record));
        }
    }

    /** The step that has images at {@code place}, or the next step after it; null if there is none. */
    private @Nullable LedgerEntry stepAt(Place place) {
        if (step != null && !place.isBefore(step.to()))
            conclude(step);
        while (step == null && !ahead.isEmpty()) {
            final LedgerEntry next = ahead.remove();
            if (!next.from().isBefore(place) && next.from().isBefore(next.to())) {
                step = next;
                checksum = new IdsChecksum();
                images = 0;
            }
        }
        return step;
    }

    private void conclude(LedgerEntry done) {
        if (images != done.images())
            fault("step " + done.step() + " trained " + done.images() + " images, but the stream holds " + images + " from "
                    + done.from() + " to " + done.to());
        else if (checksum.value() != done.idsChecksum())
            fault("step " + done.step() + " was trained on other samples, or in another order, than the stream holds from "
                    + done.from() + " to " + done.to());
        compared++;
        step = null;
    }

    /**
     * No more records come.
     *
     * @param end the place after the last image that was trained, or after the last record if the stream ends before
     */
    List<Finding> end(Place end) {
        final LedgerEntry open = stepAt(end);
        if (open != null)
            fault("the stream ends at " + end + ", before the images of step " + open.step());
        epochs.ifPresent(check -> check.end(end));
        return findings;
    }

    /** Number of steps that were compared. */
    long compared() {
        return compared;
    }

    /** Number of whole epochs in which every sample was trained once or rejected. */
    long epochs() {
        return epochs.map(EpochCheck::proven).orElse(0L);
    }

    private void fault(String text) {
        findings.add(Finding.fault(text));
    }
}
