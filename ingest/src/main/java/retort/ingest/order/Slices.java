package retort.ingest.order;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;
import reactor.core.publisher.Flux;

/** The slices of a stream, in sequence order. */
public interface Slices {
    /**
     * Returns the slices from {@code sequence} on whose sequence is {@code wanted}. The Flux is cold and blocks no thread of its
     * subscriber.
     *
     * @param sourcePosition position of the source before {@code sequence}, for a source whose samples have no numbers
     */
    Flux<Slice> from(long sequence, Optional<String> sourcePosition, LongPredicate wanted);

    /** The layout of the epochs; empty for a source without an end. */
    Optional<Layout> layout();

    /** The stream's last sequence; empty if the stream has no end. */
    OptionalLong lastSequence();
}
