package retort.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.IsolationLevel;

/** Properties that every consumer has: no group, no commit, no offset reset, no creation of topics. */
final class ConsumerSettings {
    /** A broker that does not answer a request for this long counts as absent. */
    static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Longest wait of a close. A close tells the broker to forget the fetch session, and an absent broker must not hold up the process. */
    static final Duration CLOSING = Duration.ofSeconds(2);

    private ConsumerSettings() {
    }

    /** Reads committed records. A fetch response holds at most {@code budget.fetchBytes}, unless one record batch is larger. */
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
