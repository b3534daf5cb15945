package retort.ingest.pack;

import java.util.List;
import java.util.Optional;
import retort.ingest.budget.ByteBudget;
import retort.record.Rejected;

/**
 * An encoded ImageBatch that waits to be published.
 *
 * @param images number of images in it
 * @param bytes the encoded record; owned by the holder of this object
 * @param rejected the samples of its slice that were rejected and are not in the record
 * @param sourcePosition the position at which the source continues after it; empty for a source whose samples have numbers
 * @param epochRejected number of samples of its epoch that were rejected up to and including this record
 * @param permit permit for the record's bytes; the publisher closes it once the broker has the record
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record PackedRecord(long sequence, long epoch, int images, byte[] bytes, List<Rejected> rejected,
        Optional<String> sourcePosition, long epochRejected, ByteBudget.Permit permit) {
    /** A copy of this record with the count of rejected samples in its epoch. */
    public PackedRecord counted(long rejectedInEpoch) {
        return new PackedRecord(sequence, epoch, images, bytes, rejected, sourcePosition, rejectedInEpoch, permit);
    }

    /** Number of samples of its slice. */
    public int samples() {
        return images + rejected.size();
    }
}
