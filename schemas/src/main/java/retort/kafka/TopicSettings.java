package retort.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.TopicConfig;

/** The settings that each topic of the contract needs. A test compares them with the table in {@code compose/docs/operations.md}. */
final class TopicSettings {
    /** Bytes that a record batch adds to the largest value: the header of the batch, the header of the record, its key and its headers. */
    static final int RECORD_OVERHEAD_BYTES = 1024;

    /** Kafka's own default. Producers of events send no larger request. */
    private static final int EVENT_BYTES = 1_048_588;
    private static final int LEAST_SEGMENT_BYTES = 1 << 20; // Kafka allows no smaller value
    private static final int MOST_SEGMENT_BYTES = 1 << 30;
    private static final int SEGMENTS_PER_RETENTION = 4;

    private TopicSettings() {
    }

    static List<TopicSetting> of(Kept kept) {
        return switch (kept) {
            case Kept.LatestOfEachKey() -> List.of(
                    TopicSetting.exactly(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT),
                    TopicSetting.atLeast(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, EVENT_BYTES),
                    // Small segments, because the active segment is never compacted and a reader of a table reads all of it.
                    TopicSetting.anything(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(LEAST_SEGMENT_BYTES)),
                    TopicSetting.anything(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1"));
            case Kept.For(Duration time) -> List.of(
                    TopicSetting.exactly(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE),
                    TopicSetting.atLeast(TopicConfig.RETENTION_MS_CONFIG, time.toMillis()),
                    TopicSetting.atLeast(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, EVENT_BYTES),
                    TopicSetting.anything(TopicConfig.RETENTION_BYTES_CONFIG, "-1"));
        };
    }

    /** Batches are kept by size alone, because their age does not tell whether a run still needs them. */
    static List<TopicSetting> images(int partitions, long retentionBytes, int maxRecordBytes) {
        final long message = Math.max(LEAST_SEGMENT_BYTES, (long) maxRecordBytes + RECORD_OVERHEAD_BYTES);
        final long retention = retentionBytes < 0 ? -1 : Math.ceilDiv(retentionBytes, partitions);
        final List<TopicSetting> settings = new ArrayList<>(List.of(
                TopicSetting.exactly(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE),
                // Readers count bytes as stored in the log. With a compressed log they would hold far more in memory.
                new TopicSetting(TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed", TopicSetting.Needs.THIS_OR_PRODUCER),
                TopicSetting.exactly(TopicConfig.RETENTION_MS_CONFIG, "-1"),
                TopicSetting.atLeast(TopicConfig.RETENTION_BYTES_CONFIG, retention),
                TopicSetting.atLeast(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, message)));
        if (retention < 0)
            settings.add(TopicSetting.anything(TopicConfig.SEGMENT_BYTES_CONFIG,
                    Integer.toString(MOST_SEGMENT_BYTES / SEGMENTS_PER_RETENTION)));
        else // The active segment is never deleted, so a large one would keep far more than the retention.
            settings.add(TopicSetting.atMost(TopicConfig.SEGMENT_BYTES_CONFIG,
                    Math.clamp(retention / SEGMENTS_PER_RETENTION, message, Math.max(message, MOST_SEGMENT_BYTES))));
        return List.copyOf(settings);
    }
}
