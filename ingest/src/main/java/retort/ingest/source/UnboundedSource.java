package retort.ingest.source;

import java.util.Optional;
import org.apache.kafka.clients.producer.Producer;
import reactor.core.publisher.Flux;

/** A source without an end, such as a topic or a folder that is watched. One process owns it. */
public interface UnboundedSource extends DataSource {
    /**
     * Emits the samples after {@code position}, in order, as they are demanded. Blocks no thread of its subscriber.
     *
     * @param position the source's own, as {@link Arrived#position} gave it; empty for the beginning
     */
    Flux<Arrived> read(Optional<String> position);

    /** Adds what this source has consumed up to {@code position} to the producer's open transaction; nothing by default. */
    default void commit(Producer<byte[], byte[]> producer, String position) {
    }

    /** @param position the position after this sample */
    record Arrived(Sample sample, String position) {
    }
}
