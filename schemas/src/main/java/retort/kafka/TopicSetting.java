package retort.kafka;

import java.util.List;
import java.util.stream.Stream;

/**
 * One setting of a topic: the value at creation, and the values that are allowed in a topic that another program has created.
 *
 * @param key Kafka's name of the setting
 * @param value the value at creation
 * @param needs the values that the contract allows
 */
record TopicSetting(String key, String value, Needs needs) {
    /** The comparison between a value that is found and the value at creation. */
    enum Needs {
        /** This value. */
        EXACTLY,
        /** This number or a larger one; -1 is no limit. */
        AT_LEAST,
        /** This number or a smaller one; -1 is no limit. */
        AT_MOST,
        /** This value, or {@code producer}, because Retort's producers send in this form themselves. */
        THIS_OR_PRODUCER,
        /** Any value, because the value at creation only concerns speed or space. */
        ANYTHING
    }

    static TopicSetting exactly(String key, String value) {
        return new TopicSetting(key, value, Needs.EXACTLY);
    }

    static TopicSetting atLeast(String key, long value) {
        return new TopicSetting(key, Long.toString(value), Needs.AT_LEAST);
    }

    static TopicSetting atMost(String key, long value) {
        return new TopicSetting(key, Long.toString(value), Needs.AT_MOST);
    }

    static TopicSetting anything(String key, String value) {
        return new TopicSetting(key, value, Needs.ANYTHING);
    }

    boolean allows(String found) {
        return switch (needs) {
            case EXACTLY -> words(found).equals(words(value));
            case THIS_OR_PRODUCER -> found.equals(value) || found.equals("producer");
            case AT_LEAST -> limit(found) >= limit(value);
            case AT_MOST -> limit(found) <= limit(value);
            case ANYTHING -> true;
        };
    }

    /** The allowed values in words for people, such as {@code at least 5}. */
    String allowed() {
        return switch (needs) {
            case EXACTLY -> value;
            case THIS_OR_PRODUCER -> value + " or producer";
            case AT_LEAST -> limit(value) == Long.MAX_VALUE ? "-1 (no limit)" : "at least " + value;
            case AT_MOST -> "at most " + value;
            case ANYTHING -> "any";
        };
    }

    /** The sorted elements of a list such as {@code compact,delete}, because their order does not matter. */
    private static List<String> words(String list) {
        return Stream.of(list.split(",", -1)).map(String::strip).sorted().toList();
    }

    private static long limit(String number) {
        final long limit = Long.parseLong(number);
        return limit < 0 ? Long.MAX_VALUE : limit;
    }
}
