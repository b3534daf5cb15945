package retort.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.IsolationLevel;
import reactor.core.publisher.Flux;
import retort.codec.EventCodec;

/** Reads event topics: progress, checkpoints, evaluations, positions, streams. */
public final class EventReader {
    /** Where reading begins. */
    public enum From {
        EARLIEST, LATEST
    }

    private EventReader() {
    }

    /**
     * Events of every partition, from {@code from} on, endless, in partition order. An event that cannot be decoded goes to
     * {@code rejected} (it is called on the reading thread) and is skipped. Threads, demand and cancel as in
     * {@link StreamReader#read}. A topic that does not exist yet is waited for.
     */
    public static <T extends SpecificRecord> Flux<Event<T>> read(KafkaSettings kafka, String topic, EventCodec<T> codec,
            From from,
            IsolationLevel isolation, Undecodable rejected, String name) {
        throw new UnsupportedOperationException();
    }

    /**
     * The latest value of every key, read to the topic's present end; tombstones remove. Blocks the caller. Empty for a topic
     * that does not exist.
     *
     * @throws org.apache.kafka.common.errors.TimeoutException when the broker does not answer within {@code timeout}
     */
    public static <T extends SpecificRecord> Map<String, T> table(KafkaSettings kafka, String topic, EventCodec<T> codec,
            Undecodable rejected, Duration timeout) {
        throw new UnsupportedOperationException();
    }
}
