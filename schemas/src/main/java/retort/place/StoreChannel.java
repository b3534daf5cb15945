package retort.place;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads of an object at any place. Reads that follow one another share a request: there are at most four runs of them, such as the
 * columns of a Parquet file. Any thread may read, one at a time. It cannot be written, mapped or locked.
 */
final class StoreChannel extends FileChannel {
    private static final int MOST_RUNS = 4;

    private final StoreFile file;
    private final long size;
    /** The run that was used last comes first. */
    private final Deque<Run> runs = new ArrayDeque<>();
    private long position;

    StoreChannel(StoreFile file, long size) {
        this.file = file;
        this.size = size;
    }

    @Override
    public synchronized int read(ByteBuffer target, long from) throws IOException {
        if (from < 0)
            throw new IllegalArgumentException("position " + from);
        if (!target.hasRemaining())
            return 0;
        return from >= size ? -1 : run(from).read(target, from);
    }

    private Run run(long from) throws IOException {
        for (final Run run : runs)
            if (run.reaches(from)) {
                runs.remove(run);
                runs.addFirst(run);
                return run;
            }
        if (runs.size() == MOST_RUNS)
            runs.removeLast().close();
        final Run fresh = new Run(file, from);
        runs.addFirst(fresh);
        return fresh;
    }

    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        final int n = read(target, position);
        position += Math.max(n, 0);
        return n;
    }

    @Override
    public synchronized long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        long all = 0;
        for (int i = offset; i < offset + length; i++)
            while (targets[i].hasRemaining()) {
                final int n = read(targets[i]);
                if (n < 0)
                    return all == 0 ? -1 : all;
                all += n;
            }
        return all;
    }

    @Override
    public synchronized long position() {
        return position;
    }

    @Override
    public synchronized FileChannel position(long next) {
        position = next;
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long transferTo(long from, long count, WritableByteChannel target) throws IOException {
        final ByteBuffer some = ByteBuffer.allocate((int) Math.min(count, 1 << 16));
        if (read(some, from) < 0)
            return 0;
        return target.write(some.flip());
    }

    @Override
    protected synchronized void implCloseChannel() throws IOException {
        for (final Run run : runs)
            run.close();
        runs.clear();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long from, long length) {
        throw new UnsupportedOperationException(file + " is not on a disk, and cannot be mapped");
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new NonWritableChannelException();
    }

    @Override
    public int write(ByteBuffer source, long at) {
        throw new NonWritableChannelException();
    }

    @Override
    public FileChannel truncate(long length) {
        throw new NonWritableChannelException();
    }

    @Override
    public void force(boolean metadata) {
        throw new NonWritableChannelException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long at, long count) {
        throw new NonWritableChannelException();
    }

    @Override
    public FileLock lock(long from, long length, boolean shared) {
        throw new UnsupportedOperationException(file + " is not on a disk, and cannot be locked");
    }

    @Override
    public FileLock tryLock(long from, long length, boolean shared) {
        return lock(from, length, shared);
    }

    /** Reads that follow one another, and the bytes that were read last, because a reader of headers goes back a little. */
    private static final class Run {
        private static final int TAIL = 64 << 10;
        /** A gap that is read over. */
        private static final int GAP = 1 << 20;
        /** Few, because a column ends long before its file does. */
        private static final int MOST_AHEAD = 2;

        private final AheadStream stream;
        private final byte[] tail = new byte[2 * TAIL];
        private int tailEnd;
        private long at;

        Run(StoreFile file, long from) {
            this.stream = new AheadStream(file, from, Long.MAX_VALUE, MOST_AHEAD);
            this.at = from;
        }

        boolean reaches(long from) {
            return from >= at - tailEnd && from <= at + GAP;
        }

        int read(ByteBuffer target, long from) throws IOException {
            if (from < at) {
                final int start = (int) (tailEnd - (at - from));
                final int n = Math.min(target.remaining(), tailEnd - start);
                target.put(tail, start, n);
                return n;
            }
            if (from > at) {
                stream.skipNBytes(from - at);
                tailEnd = 0;
                at = from;
            }
            final byte[] some = new byte[Math.min(TAIL, target.remaining())];
            final int n = stream.read(some, 0, some.length);
            if (n > 0) {
                target.put(some, 0, n);
                remember(some, n);
                at += n;
            }
            return n;
        }

        private void remember(byte[] some, int n) {
            if (tailEnd + n > tail.length) {
                final int kept = Math.min(tailEnd, TAIL);
                System.arraycopy(tail, tailEnd - kept, tail, 0, kept);
                tailEnd = kept;
            }
            System.arraycopy(some, 0, tail, tailEnd, n);
            tailEnd += n;
        }

        void close() throws IOException {
            stream.close();
        }
    }
}
