package retort.kafka;

import java.time.Duration;

/** How long a topic keeps its records. {@link TopicSettings} turns it into Kafka's settings. */
public sealed interface Kept {
    /** The topic is compacted: the latest record of every key stays for ever. */
    record LatestOfEachKey() implements Kept {
    }

    /** Records are deleted when they are older than {@code time}. */
    record For(Duration time) implements Kept {
    }
}
