package retort.trace;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs where a record of a stream is, in lines of the logger {@code retort.trace} at DEBUG. A line begins with {@code STREAM/SEQUENCE STAGE}, so
 * that a search for stream and sequence finds the whole way of a record. The logger is off unless it is asked for; then a call of
 * {@link #isOn} is all that is done for a record.
 */
public final class RecordTrace {
    private static final Logger LOG = LoggerFactory.getLogger("retort.trace");

    /** A stage on the way of a record, in the order of the way. */
    public enum Stage {
        /** A sample of the record is read from its source. */
        READ,
        /** A sample of the record is decoded and augmented. */
        DECODED,
        /** The record's transaction is committed. */
        PUBLISHED,
        /** A reader has the record from the broker. */
        FETCHED,
        /** A run has trained on all or some images of the record. */
        STEPPED
    }

    private RecordTrace() {
    }

    public static boolean isOn() {
        return LOG.isDebugEnabled();
    }

    /**
     * Logs one line. Call it only if {@link #isOn}, because the arguments cost something, too.
     *
     * @param detail completes the line: which sample, which place, which step
     */
    public static void note(String stream, long sequence, Stage stage, String detail) {
        LOG.debug("{}/{} {}: {}", stream, sequence, stage.name().toLowerCase(Locale.ROOT), detail);
    }
}
