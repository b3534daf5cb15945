package retort.place;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import retort.file.BulkInput;

/**
 * The bytes of an object from a place on, in ranges. The first range is small, because many readers want the beginning alone. A reader
 * that goes on finds the next ranges in memory: they are fetched while it works, as far as the {@link Room} allows. Without room a range
 * is read straight from the connection and holds no memory, so a reader never waits for another. Confined to one thread, which closes it.
 */
final class AheadStream extends BulkInput {
    private static final int FIRST_RANGE = 256 << 10;
    private static final int FIRST_AHEAD = 1 << 20;
    private static final int LARGEST_RANGE = 4 << 20;
    /** A stretch with a known end that is not longer is one request. */
    private static final int ONE_REQUEST = 8 << 20;
    /** The reader goes on after so many bytes of the first range. */
    private static final int GOES_ON = 64 << 10;
    /** Bytes that are cheaper to read over than to request anew. */
    private static final int READ_OVER = 1 << 20;

    private final StoreFile file;
    private final int mostAhead;
    private final long from;
    private long at;
    /** One past the last byte; the object's own end is known once the first answer has come. */
    private long end;
    private Optional<String> version;
    private final Deque<Ahead> ahead = new ArrayDeque<>();
    private int nextSize = FIRST_AHEAD;
    private @Nullable Ahead current;
    private byte[] bytes = {};
    private @Nullable Fetch direct;
    private long directEnd;
    private boolean answered;

    /** @param mostAhead number of ranges that are fetched ahead */
    AheadStream(StoreFile file, long from, long to, int mostAhead) {
        this.file = file;
        this.from = from;
        this.at = from;
        this.end = to;
        this.mostAhead = mostAhead;
        this.version = file.version();
    }

    @Override
    protected int readSome(byte[] target, int offset, int length) throws IOException {
        while (at < end) {
            lookAhead();
            if (current != null && at >= current.start() && at < current.end()) {
                final int n = (int) Math.min(length, current.end() - at);
                System.arraycopy(bytes, (int) (at - current.start()), target, offset, n);
                at += n;
                return n;
            }
            if (direct != null && at < directEnd) {
                final int n = direct.read(target, offset, (int) Math.min(length, directEnd - at));
                if (n < 0)
                    end = at;
                else
                    at += n;
                return n;
            }
            advance();
        }
        return -1;
    }

    /** Skips without reading where that is cheaper, and stops at the end. */
    @Override
    public long skip(long wanted) throws IOException {
        final long target = at + Math.clamp(wanted, 0, Math.max(0, end - at));
        final long before = at;
        if (direct != null && target < directEnd && target - at <= READ_OVER) {
            direct.skipNBytes(target - at);
        } else if (target > at && direct != null) {
            direct.close();
            direct = null;
        }
        at = target;
        while (!ahead.isEmpty() && ahead.element().end() <= at)
            ahead.remove().drop();
        return at - before;
    }

    @Override
    public void close() throws IOException {
        ahead.forEach(Ahead::drop);
        ahead.clear();
        release();
        end = at;
    }

    private void release() throws IOException {
        if (current != null)
            current.drop();
        current = null;
        bytes = new byte[0];
        if (direct != null)
            direct.close();
        direct = null;
    }

    private void advance() throws IOException {
        release();
        if (!ahead.isEmpty() && ahead.element().start() <= at) {
            current = ahead.remove();
            bytes = current.join();
        } else {
            final boolean one = end - at <= ONE_REQUEST;
            directEnd = one ? end : at + (answered ? LARGEST_RANGE : FIRST_RANGE);
            direct = new Fetch(file.store(), file.key(), at, directEnd, version, file.attempts());
            final StoreAttributes known = direct.open();
            version = Optional.of(known.version());
            answered = true;
            end = Math.min(end, known.size());
            directEnd = direct.isRanged() ? Math.min(directEnd, end) : end;
            direct.extend(directEnd);
        }
    }

    private void lookAhead() {
        if (!answered || at - from < GOES_ON && at < end)
            return;
        final long past = current != null ? current.end() : directEnd;
        long next = ahead.isEmpty() ? Math.max(at, past) : ahead.getLast().end();
        while (ahead.size() < mostAhead && next < end) {
            final int size = (int) Math.min(nextSize, end - next);
            final Optional<Room.Held> held = file.room().take(size);
            if (held.isEmpty())
                return;
            ahead.add(range(next, size, held.get()));
            next += size;
            nextSize = Math.min(LARGEST_RANGE, 2 * nextSize);
        }
    }

    private Ahead range(long start, int size, Room.Held held) {
        final Optional<String> same = version;
        return new Ahead(start, start + size, held, () -> {
            try (Fetch fetch = new Fetch(file.store(), file.key(), start, start + size, same, file.attempts())) {
                final byte[] read = fetch.readNBytes(size);
                if (read.length < size)
                    throw new IOException(file + " ends at byte " + (start + read.length) + ", before the end that it told");
                return read;
            }
        });
    }
}
