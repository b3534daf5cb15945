package retort.ingest.order;

import java.util.List;
import java.util.Optional;

/**
 * The samples of one record.
 *
 * @param epoch the epoch of all samples
 * @param sourcePosition the position at which the source continues after these samples; empty for a source whose samples have numbers
 */
public record Slice(long sequence, long epoch, List<PendingSample> samples, Optional<String> sourcePosition) {
    public Slice {
        samples = List.copyOf(samples);
    }
}
