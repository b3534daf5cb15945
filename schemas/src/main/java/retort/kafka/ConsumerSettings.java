package retort.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.IsolationLevel;

/** Properties that every consumer has: no group, no commit, no offset reset, and no topic created by a look at it. */
final class ConsumerSettings {
    /** A broker that does not answer a question for this long counts as absent. */
    static final Duration PATIENCE = Duration.ofSeconds(30);
    /** A close tells the broker to forget the fetch session; a broker that is away must not hold the process for longer. */
    static final Duration CLOSING = Duration.ofSeconds(2);

    private ConsumerSettings() {
    }

    /** Committed records, fetched {@code budget.fetchBytes} at a time: a response never holds more, unless one record does. */
    static Map<String, Object> reading(FetchBudget budget) {
        return Map.of(
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(PATIENCE.toMillis()),
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString(),
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, budget.fetchBytes(),
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG, budget.fetchBytes());
    }
}
