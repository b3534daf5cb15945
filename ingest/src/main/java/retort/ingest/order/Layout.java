package retort.ingest.order;

/**
 * Cuts the epochs of a finite source into records. It uses arithmetic alone, so that any sequence is found without reading. Immutable.
 *
 * @param first number of the source's first sample that is used, at least 0
 * @param samplesPerEpoch samples of an epoch, at least 1
 * @param imagesPerRecord samples in every slice but the last of an epoch, at least 1
 */
public record Layout(long first, long samplesPerEpoch, int imagesPerRecord) {
    public Layout {
        if (first < 0 || samplesPerEpoch < 1 || imagesPerRecord < 1)
            throw new IllegalArgumentException("an epoch of " + samplesPerEpoch + " samples from sample " + first
                    + " on in records of " + imagesPerRecord);
    }

    /** The layout of a stream that uses its source from the first sample on. */
    public Layout(long samplesPerEpoch, int imagesPerRecord) {
        this(0, samplesPerEpoch, imagesPerRecord);
    }

    public long recordsPerEpoch() {
        return Math.ceilDiv(samplesPerEpoch, imagesPerRecord);
    }

    public long epoch(long sequence) {
        return sequence / recordsPerEpoch();
    }

    /** Place of the first sample of {@code sequence} in its epoch's order. */
    public long place(long sequence) {
        return sequence % recordsPerEpoch() * imagesPerRecord;
    }

    /** Number of samples of {@code sequence}. */
    public int count(long sequence) {
        return Math.toIntExact(Math.min(imagesPerRecord, samplesPerEpoch - place(sequence)));
    }
}
