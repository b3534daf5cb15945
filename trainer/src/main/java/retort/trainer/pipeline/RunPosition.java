package retort.trainer.pipeline;

import retort.kafka.StreamPosition;

/**
 * Where a run stands in its stream after its last finished step.
 *
 * @param next first record not wholly used, and for each partition the offset of its first such record
 * @param imagesUsed images of the record {@code next.nextSequence()} that are already used
 */
public record RunPosition(StreamPosition next, int imagesUsed) {
    public static RunPosition at(long sequence) {
        return new RunPosition(new StreamPosition(sequence, java.util.Map.of()), 0);
    }

    public long nextSequence() {
        return next.nextSequence();
    }
}
