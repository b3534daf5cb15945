package retort.ingest.order;

import java.util.List;
import java.util.Optional;

/**
 * The samples of one record.
 *
 * @param epoch of all of them
 * @param sourcePosition where the source goes on after them, for a source whose samples have no numbers
 */
public record Slice(long sequence, long epoch, List<PendingSample> samples, Optional<String> sourcePosition) {
    public Slice {
        samples = List.copyOf(samples);
    }
}
