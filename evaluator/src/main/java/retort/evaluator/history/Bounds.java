package retort.evaluator.history;

/** Cuts texts that come from a topic, which any program with the right to write may have written. */
final class Bounds {
    private static final int MOST_NAME = 120;
    private static final int MOST_WORDS = 500;

    private Bounds() {
    }

    /** A name of a run, a stream, a metric. */
    static String name(String text) {
        return cut(text, MOST_NAME);
    }

    /** A sentence, a place, an address. */
    static String words(String text) {
        return cut(text, MOST_WORDS);
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
