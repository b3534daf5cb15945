package retort.place;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that an answer holds.
 *
 * @param to one past the last byte
 * @param total bytes of the whole object; -1 if the server does not tell
 */
record ContentRange(long from, long to, long total) {
    private static final Pattern RANGE = Pattern.compile("bytes\\s+(\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
    private static final Pattern NOT_SATISFIED = Pattern.compile("bytes\\s+\\*/(\\d{1,18})");

    /**
     * @param header the header Content-Range; null if there is none, and the whole object comes
     * @param length the header Content-Length; null or negative if there is none
     */
    static ContentRange of(@Nullable String header, @Nullable Long length) {
        final Matcher range = RANGE.matcher(header == null ? "" : header.strip());
        if (range.matches())
            return new ContentRange(Long.parseLong(range.group(1)), Long.parseLong(range.group(2)) + 1,
                    range.group(3).equals("*") ? -1 : Long.parseLong(range.group(3)));
        final long all = length == null ? -1 : length;
        return new ContentRange(0, all, all);
    }

    /** The size that the answer 416 tells; {@code otherwise} if it tells none. */
    static long size(@Nullable String header, long otherwise) {
        final Matcher size = NOT_SATISFIED.matcher(header == null ? "" : header.strip());
        return size.matches() ? Long.parseLong(size.group(1)) : otherwise;
    }
}
