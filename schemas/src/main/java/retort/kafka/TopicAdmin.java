package retort.kafka;

import java.time.Duration;

/** Creates topics with the settings of the contract. Blocking; called at a service's start, on the starting thread. */
public final class TopicAdmin {
    private TopicAdmin() {
    }

    /**
     * Creates the event topics that are missing (streams, positions, progress, checkpoints, evaluations, promotions, rejected).
     *
     * @throws BrokerUnreachableException when no broker answers within {@code timeout}: names the address
     */
    public static void ensureEventTopics(KafkaSettings kafka, Topics topics, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    /**
     * Creates {@code images.<stream>} where it is missing; where it is there, checks its partitions.
     *
     * @param retentionBytes of the whole stream, divided by partition (never by time); -1 keeps for ever
     * @param maxRecordBytes the largest record; max.message.bytes and segment.bytes are derived from it
     */
    public static void ensureImages(KafkaSettings kafka, Topics topics, String stream, int partitions, long retentionBytes,
            int maxRecordBytes, Duration timeout) {
        throw new UnsupportedOperationException();
    }
}
