package retort.ingest.order;

import java.util.List;
import java.util.Optional;

/**
 * The samples of one record.
 *
 * @param epoch the epoch of all samples
 * @param sourcePosition the source's own position after them; empty for a source whose samples have numbers
 */
public record Slice(long sequence, long epoch, List<PendingSample> samples, Optional<String> sourcePosition) {
    public Slice {
        samples = List.copyOf(samples);
    }
}
