package retort.trainer.audit;

import java.util.BitSet;
import java.util.List;
import retort.codec.ImageBatchView;
import retort.trainer.ledger.Place;

/**
 * Checks the epochs of a stream that has an end: every sample was trained once, or was skipped, or is in no record because it was rejected. Only epochs
 * whose first and last record are seen are checked for missing samples. Confined to one thread.
 */
final class EpochCheck {
    private final int samples;
    private final int perRecord;
    private final long records;
    private final Place first;
    private final List<Finding> findings;
    private final BitSet trained = new BitSet();
    private long epoch = -1;
    private boolean fromItsBegin;
    private long rejected;
    private long skipped;
    private int faults;
    private long proven;

    /**
     * @param samples number of samples of an epoch
     * @param perRecord number of images of a full record
     * @param first the place where the first step begins
     * @param findings receives the findings
     */
    EpochCheck(int samples, int perRecord, Place first, List<Finding> findings) {
        this.samples = samples;
        this.perRecord = perRecord;
        this.records = Math.ceilDiv(samples, perRecord);
        this.first = first;
        this.findings = findings;
    }

    /** Takes the next record, before its images. */
    void begin(ImageBatchView record) {
        final long inEpoch = record.sequence() % records;
        if (record.epoch() != epoch) {
            conclude();
            epoch = record.epoch();
            fromItsBegin = inEpoch == 0 && !new Place(record.sequence(), 0).isBefore(first);
        }
        final long full = inEpoch == records - 1 ? samples - inEpoch * perRecord : perRecord;
        if (record.count() > full)
            fault("record " + record.sequence() + " holds " + record.count() + " images, " + full
                    + " are its share of the epoch");
        rejected += Math.max(0, full - record.count());
    }

    /** Counts samples that the run has passed over. */
    void skipped(int samplesPassed) {
        skipped += samplesPassed;
    }

    /** Marks a sample as trained. */
    void trained(long id, ImageBatchView record) {
        if (id < 0 || id >= samples)
            fault("sample " + id + " in record " + record.sequence() + " is none of the " + samples + " samples of the stream");
        else if (trained.get((int) id))
            fault("sample " + id + " was trained again in epoch " + epoch + ", in record " + record.sequence());
        else
            trained.set((int) id);
    }

    /**
     * No more steps come.
     *
     * @param end the place after the last image that was trained
     */
    void end(Place end) {
        if (end.used() == 0 && end.sequence() % records == 0)
            conclude();
    }

    private void conclude() {
        if (epoch >= 0 && fromItsBegin) {
            final long missing = samples - trained.cardinality() - rejected - skipped;
            if (missing != 0)
                fault("of the " + samples + " samples of epoch " + epoch + ", " + trained.cardinality() + " were trained and "
                        + rejected + " rejected" + (skipped > 0 ? " and " + skipped + " skipped: " : ": ") + missing
                        + " are not accounted for");
            else if (rejected > 0)
                findings.add(
                        new Finding(Finding.Kind.REJECTED, rejected + " samples of epoch " + epoch + " were rejected by ingest"));
            if (faults == 0)
                proven++;
        }
        trained.clear();
        rejected = 0;
        skipped = 0;
        faults = 0;
        epoch = -1;
    }

    long proven() {
        return proven;
    }

    private void fault(String text) {
        faults++;
        findings.add(Finding.fault(text));
    }
}
