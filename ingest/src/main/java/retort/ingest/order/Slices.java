package retort.ingest.order;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import reactor.core.publisher.Flux;

/** The slices of a stream, in sequence order. */
public interface Slices {
    /**
     * Slices from {@code sequence} on whose sequence is {@code wanted}. Cold; does not block the subscriber's thread.
     *
     * @param sourcePosition the source's own position before {@code sequence}; empty for a source whose samples have numbers
     */
    Flux<Slice> from(long sequence, Optional<String> sourcePosition, LongPredicate wanted);

    /** The arithmetic that cuts epochs into records; empty for a source without an end. */
    Optional<Layout> layout();

    /** The stream's last sequence; empty where it has no end. */
    OptionalLong lastSequence();
}
