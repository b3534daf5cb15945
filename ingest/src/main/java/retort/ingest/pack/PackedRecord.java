package retort.ingest.pack;

import java.util.List;
import java.util.Optional;
import retort.ingest.budget.ByteBudget;
import retort.record.Rejected;

/**
 * An encoded ImageBatch that waits to be published.
 *
 * @param images number of images in it
 * @param bytes the record; owned by whoever holds this
 * @param rejected the samples of its slice that it lacks
 * @param sourcePosition where the source goes on after it, for a source whose samples have no numbers
 * @param epochRejected samples of its epoch that were rejected up to and with this record
 * @param permit for the record's bytes; the publisher closes it once the broker has the record
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record PackedRecord(long sequence, long epoch, int images, byte[] bytes, List<Rejected> rejected,
        Optional<String> sourcePosition, long epochRejected, ByteBudget.Permit permit) {
    /** This record with the count of its epoch. */
    public PackedRecord counted(long rejectedInEpoch) {
        return new PackedRecord(sequence, epoch, images, bytes, rejected, sourcePosition, rejectedInEpoch, permit);
    }

    /** Samples of its slice. */
    public int samples() {
        return images + rejected.size();
    }
}
