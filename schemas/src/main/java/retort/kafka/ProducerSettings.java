package retort.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Producer properties that depend on the kind of the records. */
final class ProducerSettings {
    /** A transaction is begun, filled and committed without a pause. One that lasts longer belongs to a process that has died. */
    static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);

    private static final int LEAST_REQUEST_BYTES = 1 << 20;
    private static final int EVENT_BATCH_BYTES = 16 << 10;

    private ProducerSettings() {
    }

    /** Properties for events, which are small: compressed, several in one batch. */
    static Map<String, Object> events(long inFlightBytes) {
        final Map<String, Object> properties = common(EVENT_BATCH_BYTES, LEAST_REQUEST_BYTES, inFlightBytes, "zstd");
        // A partition that was just created may refuse the first request and accept the second. If the first is then sent again, it is
        // out of order for good. With one request at a time, no request can overtake another.
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        return properties;
    }

    /**
     * Properties for pixel batches. Each is alone in a producer's batch of exactly its size, because the producer reuses only buffers of
     * exactly {@code batch.size} and allocates all others. Pixels are not compressed, because they shrink only by a factor of 1.1 to 1.2.
     */
    static Map<String, Object> batches(int maxRecordBytes, long inFlightBytes) {
        final int batch = Math.addExact(maxRecordBytes, TopicSettings.RECORD_OVERHEAD_BYTES);
        return common(batch, Math.max(LEAST_REQUEST_BYTES, batch), inFlightBytes, "none");
    }

    static Map<String, Object> transactional(String transactionalId, Duration timeout) {
        return Map.of(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId,
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Math.toIntExact(TRANSACTION_TIMEOUT.toMillis()),
                ProducerConfig.MAX_BLOCK_MS_CONFIG, timeout.toMillis());
    }

    private static Map<String, Object> common(int batchBytes, int requestBytes, long inFlightBytes, String compression) {
        final Map<String, Object> properties = new HashMap<>();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, batchBytes);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, requestBytes);
        // Every record in flight may be in a buffer of its own. If this memory is not enough, send() blocks the sink's thread.
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(inFlightBytes, requestBytes) + batchBytes);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression);
        return properties;
    }
}
