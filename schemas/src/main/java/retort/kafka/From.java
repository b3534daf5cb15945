package retort.kafka;

/** The place in a topic where {@link Broker#follow} begins. */
public enum From {
    /** The first record that the topic still holds. */
    EARLIEST,
    /** The first record that is written after the reader has started. */
    LATEST
}
