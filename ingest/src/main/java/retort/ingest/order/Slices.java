package retort.ingest.order;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import reactor.core.publisher.Flux;

/** The slices of a stream, in sequence order. */
public interface Slices {
    /**
     * Slices from {@code sequence} on whose sequence is {@code wanted}. Cold; blocks no
     * thread of its subscriber's.
     *
     * @param sourcePosition where the source stood before {@code sequence}, for a source whose samples have no numbers
     */
    Flux<Slice> from(long sequence, Optional<String> sourcePosition, LongPredicate wanted);

    /** How epochs are cut; empty for a source without an end. */
    Optional<Layout> layout();

    /** The stream's last sequence; empty where it has no end. */
    OptionalLong lastSequence();
}
