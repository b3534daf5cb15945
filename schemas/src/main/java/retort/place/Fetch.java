package retort.place;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import retort.file.BulkInput;

/**
 * The bytes of one object from a place on, in one request. If the connection breaks, another request goes on at the next byte, and the
 * object must still have the version of the first answer. Confined to one thread, which closes it.
 */
final class Fetch extends BulkInput {
    private static final Duration NO_WISH = Duration.ZERO;

    private final Store store;
    private final String key;
    private final Attempts attempts;
    /** One past the last byte; known exactly once the first answer has come. */
    private long end;
    private long at;
    private Optional<String> version;
    private Store.@Nullable Body body;
    /** Attempts that have failed since the last byte came. */
    private int failed;

    /**
     * @param to one past the last byte; beyond the object's end stands for its end
     * @param version the version that the object must have; empty takes the version of the first answer
     */
    Fetch(Store store, String key, long from, long to, Optional<String> version, Attempts attempts) {
        this.store = store;
        this.key = key;
        this.at = from;
        this.end = to;
        this.version = version;
        this.attempts = attempts;
    }

    /**
     * Sends the request if it has not been sent.
     *
     * @return what the answer says of the object
     */
    StoreAttributes open() throws IOException {
        return StoreAttributes.of(attempts.run(store.shown(key), this::answer));
    }

    /** True if the server sends the bytes that are asked for alone; known once the answer has come. */
    boolean isRanged() {
        return body == null || body.ranged();
    }

    /** Reads on to {@code to} in the same answer, which holds the whole object. */
    void extend(long to) {
        end = to;
    }

    @Override
    protected int readSome(byte[] target, int offset, int length) throws IOException {
        for (;;) {
            if (at >= end)
                return -1;
            try {
                final Store.Body now = answer();
                if (at >= end)
                    return -1;
                final int n = now.bytes().read(target, offset, (int) Math.min(length, end - at));
                if (n > 0) {
                    at += n;
                    failed = 0;
                    return n;
                }
                throw new IOException("the answer ended at byte " + at + " of " + end);
            } catch (PlaceException | java.nio.file.NoSuchFileException e) {
                close();
                throw e;
            } catch (IOException e) {
                close();
                attempts.pause(store.shown(key), ++failed, e instanceof BusyException busy
                        ? busy
                        : new BusyException(String.valueOf(e.getMessage()), NO_WISH, e));
            }
        }
    }

    private Store.Body answer() throws IOException {
        if (body != null)
            return body;
        final Store.Body fresh = attempts.run(store.shown(key), () -> store.get(key, at, Math.max(at + 1, end), version));
        body = fresh;
        if (version.isPresent() && !version.get().equals(fresh.version()))
            throw new PlaceException(
                    store.shown(key) + " was replaced while it was read: start again with the new object, under another"
                            + " stream name, or put the old one back",
                    null);
        version = Optional.of(fresh.version());
        end = Math.min(end, fresh.total());
        if (at < end && (fresh.from() > at || fresh.to() < end && fresh.to() <= at))
            throw new BusyException("the server sent bytes " + fresh.from() + " to " + fresh.to() + " where " + at + " to " + end
                    + " were asked for", NO_WISH, new IOException("another range"));
        if (at < end)
            fresh.bytes().skipNBytes(at - fresh.from());
        return fresh;
    }

    @Override
    public void close() throws IOException {
        final Store.Body open = body;
        body = null;
        if (open != null)
            open.bytes().close();
    }
}
