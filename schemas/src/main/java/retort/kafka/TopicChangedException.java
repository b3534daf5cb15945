package retort.kafka;

import java.io.Serial;
import java.util.Optional;

/**
 * Thrown if a topic is not, or no longer, the one that a reader, a sink or a saved position belongs to: it was deleted, or it was deleted
 * and made again under the same name. The message names the topic, both ids, and the meaning. The way on depends on who reads, so a
 * service adds its own by {@link #withWayOn}.
 */
public final class TopicChangedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private static final String START_AGAIN = ". Start this process again: it goes on if it can, and names the ways on if it cannot";

    private final String topic;

    private TopicChangedException(String topic, String message) {
        super(message);
        this.topic = topic;
    }

    /** Name of the topic, with the prefix. */
    public String topic() {
        return topic;
    }

    /** The topic was deleted while this process used it. */
    static TopicChangedException deleted(String at, String topic, Optional<String> id) {
        return new TopicChangedException(topic, "topic " + topic + " at " + at + " was deleted while this process used it"
                + id.map(known -> " (its id was " + known + ")").orElse("") + ": its records are gone" + START_AGAIN);
    }

    /** The topic was deleted and made again while this process used it. */
    static TopicChangedException remade(String at, String topic, Optional<String> before, Optional<String> now) {
        return new TopicChangedException(topic,
                "topic " + topic + " at " + at + " was deleted and made again while this process used it"
                        + " (its id was " + before.orElse("unknown") + " and is " + now.orElse("unknown")
                        + "): its records are gone, and"
                        + " the new one may have been made by the broker itself (auto.create.topics.enable)" + START_AGAIN);
    }

    /** A topic that must be there is not. */
    public static TopicChangedException missing(KafkaSettings kafka, String topic) {
        return missing(kafka.bootstrapServers(), topic);
    }

    static TopicChangedException missing(String at, String topic) {
        return new TopicChangedException(topic, "topic " + topic + " does not exist at " + at
                + ": it was deleted, or it was never made");
    }

    /** The topic has fewer partitions than its stream, so it is another one. */
    static TopicChangedException smaller(String at, LiveTopic topic, int partitions) {
        return new TopicChangedException(topic.name(), "topic " + topic.name() + " at " + at + " has " + topic.partitions()
                + " partitions where its stream has " + partitions + ": it was deleted and made again by another program");
    }

    /**
     * The topic is not the one that a position was saved for.
     *
     * @param saved the id that was saved with the position
     * @param now the topic of that name; empty if there is none
     */
    public static TopicChangedException sinceSaved(KafkaSettings kafka, String topic, String saved, Optional<LiveTopic> now) {
        final String at = kafka.bootstrapServers();
        return new TopicChangedException(topic, now.isEmpty()
                ? "topic " + topic + " does not exist at " + at
                        + ": it was deleted since the position in it was saved (its id was "
                        + saved + ")"
                : "topic " + topic + " at " + at + " is not the topic that the position was saved for (id " + saved
                        + " then, " + now.get().id().orElse("unknown") + " now): it was deleted and made again since, and the"
                        + " position means nothing in the new one");
    }

    /** A topic and the topic with its positions do not belong together. */
    public static TopicChangedException unlike(KafkaSettings kafka, String topic, Topic<?> positions, String difference) {
        return new TopicChangedException(topic, "topics " + topic + " and " + positions.name() + " at "
                + kafka.bootstrapServers() + " do not belong together: " + difference
                + ". One of them was deleted and made again, or has lost its end");
    }

    /** The same message, followed by what the user can do. */
    public TopicChangedException withWayOn(String wayOn) {
        final TopicChangedException more = new TopicChangedException(topic, getMessage() + ". " + wayOn);
        more.initCause(this);
        return more;
    }
}
