package retort.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** How the topics of the contract are kept. */
final class TopicSettings {
    /** What a record batch adds to the largest record: its own header, the record's, its key and headers. */
    static final int RECORD_OVERHEAD_BYTES = 1024;

    private static final int LEAST_SEGMENT_BYTES = 1 << 20; // Kafka takes no less
    private static final int MOST_SEGMENT_BYTES = 1 << 30;
    private static final int SEGMENTS_PER_RETENTION = 4;

    private TopicSettings() {
    }

    /** One partition each: events are few, and one partition keeps them in one order. */
    static List<NewTopic> events(Topics topics) {
        return topics.events().stream().map(topic -> TopicAdmin.topic(topic.name(), 1, kept(topic.kept()))).toList();
    }

    private static Map<String, String> kept(Kept kept) {
        return switch (kept) {
            case Kept.LatestOfEachKey() -> compacted();
            case Kept.For(Duration time) -> kept(time);
        };
    }

    /** By size alone: time says nothing about what a run still needs. */
    static Map<String, String> images(int partitions, long retentionBytes, int maxRecordBytes) {
        final long message = (long) maxRecordBytes + RECORD_OVERHEAD_BYTES;
        final long retention = retentionBytes < 0 ? -1 : Math.ceilDiv(retentionBytes, partitions);
        final long segment = retention < 0 ? MOST_SEGMENT_BYTES / SEGMENTS_PER_RETENTION : retention / SEGMENTS_PER_RETENTION;
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                // Readers count bytes as they lie in the log: a producer that compresses would make them hold far more.
                TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed",
                TopicConfig.RETENTION_MS_CONFIG, "-1",
                TopicConfig.RETENTION_BYTES_CONFIG, Long.toString(retention),
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Long.toString(Math.max(LEAST_SEGMENT_BYTES, message)),
                TopicConfig.SEGMENT_BYTES_CONFIG,
                Long.toString(Math.clamp(segment, Math.max(LEAST_SEGMENT_BYTES, message), MOST_SEGMENT_BYTES)));
    }

    /** Small segments: the active one is never compacted, and readers of a table read it whole. */
    private static Map<String, String> compacted() {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
                TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(LEAST_SEGMENT_BYTES),
                TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1");
    }

    private static Map<String, String> kept(Duration time) {
        return Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG, Long.toString(time.toMillis()),
                TopicConfig.RETENTION_BYTES_CONFIG, "-1");
    }
}
