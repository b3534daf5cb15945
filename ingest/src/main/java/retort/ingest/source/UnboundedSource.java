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

    /**
     * The thing without which no sample can arrive, in words, such as a topic that does not exist, and the way on. Empty if it is there.
     * Any thread may call it; it does not block.
     */
    default Optional<String> missing() {
        return Optional.empty();
    }

    /** Adds what this source has consumed up to {@code position} to the producer's open transaction; nothing by default. */
    default void commit(Producer<byte[], byte[]> producer, String position) {
    }

    /** @param position the position after this sample */
    record Arrived(Sample sample, String position) {
    }
}
