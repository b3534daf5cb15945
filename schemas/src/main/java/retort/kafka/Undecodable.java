package retort.kafka;

/** Told of every record that was set aside. */
@FunctionalInterface
public interface Undecodable {
    /**
     * @param key the record's key, empty where it has none
     * @param where topic-partition@offset
     * @param reason why, in words
     */
    void rejected(String key, String where, String reason);
}
