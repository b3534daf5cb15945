package retort.kafka;

/** Called for every event that could not be decoded. The reader skips the event and goes on. */
@FunctionalInterface
public interface Undecodable {
    /**
     * Called on the reader's thread, which it must not block.
     *
     * @param topic the topic's name
     * @param key the record's key, empty if it has none
     * @param where place of the record, as {@code topic-partition@offset}
     * @param reason the reason in words
     */
    void rejected(String topic, String key, String where, String reason);
}
