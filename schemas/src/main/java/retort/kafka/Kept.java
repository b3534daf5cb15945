package retort.kafka;

import java.time.Duration;

/** The rule by which a topic keeps its records. {@link TopicSettings} translates it into Kafka's settings. */
public sealed interface Kept {
    /** The topic is compacted. The latest record of every key is kept without limit of time. */
    record LatestOfEachKey() implements Kept {
    }

    /** Records are deleted when they are older than {@code time}. */
    record For(Duration time) implements Kept {
    }
}
