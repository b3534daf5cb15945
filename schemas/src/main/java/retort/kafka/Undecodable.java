package retort.kafka;

/** Called for every event that could not be decoded. The reader skips the event and goes on. */
@FunctionalInterface
public interface Undecodable {
    /**
     * Called on the reading thread; must not block it.
     *
     * @param topic the topic's name
     * @param key the record's key, empty where it has none
     * @param where topic-partition@offset
     * @param reason why, in words
     */
    void rejected(String topic, String key, String where, String reason);
}
