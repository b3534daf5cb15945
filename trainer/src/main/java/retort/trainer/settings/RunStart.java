package retort.trainer.settings;

import retort.settings.Section;

/** The place in its stream at which a new run begins. */
public sealed interface RunStart {
    /** The record with this sequence. */
    record Sequence(long sequence) implements RunStart {
        @Override
        public String toString() {
            return Long.toString(sequence);
        }
    }

    /** The first record that the broker still holds, or the place after its last record. */
    enum Log implements RunStart {
        EARLIEST, LATEST;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    static RunStart of(Section section, String key) {
        final String text = section.string(key);
        return switch (text) {
            case "earliest" -> Log.EARLIEST;
            case "latest" -> Log.LATEST;
            default -> {
                if (!text.matches("\\d{1,18}"))
                    throw section.error(key, text, "must be a sequence (0 or more), earliest or latest");
                yield new Sequence(Long.parseLong(text));
            }
        };
    }
}
