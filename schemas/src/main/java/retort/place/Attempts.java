package retort.place;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats what may succeed later. The pauses grow from 0.2 s to 20 s, each with jitter, so that many readers do not come back at
 * one moment. A server that asks for a longer pause gets it, up to a minute. Immutable; any thread.
 *
 * @param most number of attempts without a byte of progress
 */
record Attempts(int most) {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 20_000;
    private static final String READ = "read";
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(1);

    /** One attempt. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws IOException;
    }

    /**
     * @param what the thing that is read, in messages
     * @throws PlaceException after the last attempt, or if the thread is interrupted
     */
    <T> T run(String what, Attempt<T> attempt) throws IOException {
        return run(what, READ, attempt);
    }

    /**
     * @param what the thing that is used, in messages
     * @param done the use, in messages, such as {@code written}
     * @throws PlaceException after the last attempt, or if the thread is interrupted
     */
    <T> T run(String what, String done, Attempt<T> attempt) throws IOException {
        for (int failed = 0;;)
            try {
                return attempt.run();
            } catch (BusyException e) {
                pause(what, done, ++failed, e);
            }
    }

    /** As {@link #pause(String, String, int, BusyException)}, for a thing that is read. */
    void pause(String what, int failed, BusyException reason) {
        pause(what, READ, failed, reason);
    }

    /**
     * Waits before the next attempt.
     *
     * @param failed attempts that have failed without progress, this one included
     * @throws PlaceException if there is none left
     */
    private void pause(String what, String done, int failed, BusyException reason) {
        if (failed >= most)
            throw new PlaceException(what + " cannot be " + done + ": " + reason.getMessage() + " (" + failed
                    + " attempts): check the network and the server, then start again", reason);
        final long grown = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failed - 1, 20));
        final long asked = Math.min(LONGEST_ASKED.toMillis(), reason.after().toMillis());
        final long millis = asked + ThreadLocalRandom.current().nextLong(grown / 2, grown + 1);
        LOG.debug("{}: {}; attempt {} follows in {} ms", what, reason.getMessage(), failed + 1, millis);
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PlaceException(what + " was being " + done + " when its user was stopped", e);
        }
    }
}
