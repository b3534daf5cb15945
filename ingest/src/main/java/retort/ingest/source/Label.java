package retort.ingest.source;

import com.fasterxml.jackson.databind.JsonNode;

/** A label as a data set writes it, before {@link ClassLabels} turns it into a class index. Immutable. */
public sealed interface Label {
    /** No label is there, or a negative one, which test splits use for the same. */
    record None() implements Label {
    }

    /** @param value a class index, in [0, {@link ClassNames#MOST}) */
    record Index(int value) implements Label {
    }

    /** @param text a class name, not empty */
    record Name(String text) implements Label {
    }

    /**
     * A label is there and is not understood: the sample is rejected, because without its label it would be another sample.
     *
     * @param reason why, in words
     */
    record Unclear(String reason) implements Label {
    }

    None NONE = new None();

    /** The longest text that is a name, in bytes. */
    int MOST_BYTES = 1024;

    static Label of(long value) {
        if (value < 0)
            return NONE;
        return value < ClassNames.MOST ? new Index((int) value) : new Unclear(value + " is no class index: too large");
    }

    /** Accepts whole numbers only, because rounding would mix classes. */
    static Label of(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? of((long) value)
                : new Unclear(value + " is no class index: not a whole number");
    }

    /** The label in the content of a text file: a number if the text is one, a name otherwise. */
    static Label of(byte[] text) {
        return text.length > MOST_BYTES
                ? new Unclear("a text of " + text.length + " bytes is no class name")
                : of(FileName.shown(FileName.decode(text)));
    }

    static Label of(String text) {
        final String stripped = (text.startsWith("\uFEFF") ? text.substring(1) : text).strip();
        if (stripped.chars().anyMatch(Character::isISOControl))
            return new Unclear(start(stripped.replaceAll("\\p{Cntrl}", "\uFFFD"))
                    + " is no class index and no class name: it has control characters");
        if (stripped.isEmpty())
            return new Unclear("an empty text is no class");
        if (stripped.length() > MOST_BYTES)
            return new Unclear("a text of " + stripped.length() + " characters is no class name");
        if (stripped.matches("-?\\d{1,18}"))
            return of(Long.parseLong(stripped));
        if (stripped.matches("[-+]?\\d+\\.\\d*(?:[eE][-+]?\\d+)?|[-+]?\\d+[eE][-+]?\\d+|\\+\\d{1,18}"))
            return of(Double.parseDouble(stripped));
        if (stripped.startsWith("[") || stripped.startsWith("{"))
            return new Unclear(start(stripped) + " is no class index and no class name");
        return new Name(stripped);
    }

    static Label of(JsonNode value) {
        return switch (value.getNodeType()) {
            case MISSING, NULL -> NONE;
            case BOOLEAN -> new Index(value.booleanValue() ? 1 : 0);
            case NUMBER -> value.isIntegralNumber() && value.canConvertToLong() ? of(value.longValue()) : of(value.doubleValue());
            case STRING -> of(value.textValue());
            case ARRAY -> new Unclear("a list of " + value.size() + " values is no class index: several labels, or one-hot");
            default -> new Unclear(start(value.toString()) + " is no class index and no class name");
        };
    }

    private static String start(String text) {
        return "'" + (text.length() > 40 ? text.substring(0, 40) + "..." : text) + "'";
    }
}
