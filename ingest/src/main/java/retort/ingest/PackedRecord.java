package retort.ingest;

import java.util.List;
import java.util.Optional;
import retort.ingest.decode.ByteBudget;
import retort.record.Rejected;

/**
 * An encoded ImageBatch that waits to be published.
 *
 * @param images in it
 * @param bytes the record; owned by whoever holds this
 * @param rejected samples of its slice that it lacks
 * @param sourcePosition where the source goes on after it, for a source whose samples have no numbers
 * @param permit for the record's bytes; closed by who publishes it, when it is done with them
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record PackedRecord(long sequence, long epoch, int images, byte[] bytes, List<Rejected> rejected, Optional<String> sourcePosition,
        ByteBudget.Permit permit) {
}
