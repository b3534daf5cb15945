package retort.place;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** The header Retry-After: seconds, or a date. */
final class RetryAfter {
    private RetryAfter() {
    }

    /** The pause that a server asks for; zero without the header, and for one that cannot be read. */
    static Duration parse(@Nullable String header, Instant now) {
        if (header == null)
            return Duration.ZERO;
        if (header.strip().matches("\\d{1,9}"))
            return Duration.ofSeconds(Long.parseLong(header.strip()));
        try {
            final Duration left = Duration.between(now,
                    ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }
}
