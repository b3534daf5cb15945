package retort.ingest;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.codec.EventCodec;
import retort.kafka.EventReader;
import retort.kafka.KafkaSettings;
import retort.kafka.StreamRegistry;
import retort.kafka.Topics;
import retort.record.IngestPosition;

/** Where streams are published. */
record Broker(KafkaSettings kafka, Topics topics) {
    /** Of every call that blocks. */
    static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

    static Broker from(Config whole) {
        return new Broker(KafkaSettings.from(whole), new Topics(whole.getString("topics.prefix")));
    }

    StreamRegistry streams() {
        return new StreamRegistry(kafka, topics, Broker::skipped, TIMEOUT);
    }

    /** Where every owner of partitions stands, by {@link Place#key}. Blocks. */
    Map<String, IngestPosition> positions() {
        return EventReader.table(kafka, topics.positions(), EventCodec.of(IngestPosition.class), Broker::skipped, TIMEOUT);
    }

    private static void skipped(String key, String where, String reason) {
        LOG.warn("what is said about {} at {} cannot be read and is skipped: {}", key, where, reason);
    }
}
