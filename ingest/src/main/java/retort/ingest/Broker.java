package retort.ingest;

import com.typesafe.config.Config;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;

/** Where streams are published. */
record Broker(KafkaSettings kafka, Topics topics) {
    static Broker from(Config whole) {
        return new Broker(KafkaSettings.from(whole), new Topics(whole.getString("topics.prefix")));
    }

    Registry streams() {
        return new Registry();
    }

    static final class Registry {
        void register(retort.record.Stream s) {
        }

        void complete(retort.record.Stream s, long last) {
        }
    }
}
