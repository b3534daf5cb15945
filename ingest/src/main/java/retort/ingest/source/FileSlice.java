package retort.ingest.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import retort.file.BulkInput;
import retort.place.Places;

/** A stream of the bytes {@code from} to {@code to} of a file. Skipping reads nothing, and stops at the end. Confined to one thread, which
 * closes it. */
public final class FileSlice extends BulkInput {
    private final FileChannel channel;
    private final long end;
    private long at;

    private FileSlice(FileChannel channel, long from, long end) {
        this.channel = channel;
        this.at = from;
        this.end = end;
    }

    /** From {@code from} to the file's end. */
    public static InputStream open(Path file, long from) throws IOException {
        return open(file, from, Long.MAX_VALUE);
    }

    /** @param to capped to the file's end */
    public static InputStream open(Path file, long from, long to) throws IOException {
        if (Places.isPlace(file)) {
            final Optional<FileChannel> copy = Places.copy(file);
            return copy.isPresent() ? of(copy.get(), from, to) : Places.open(file, from, to);
        }
        return of(FileChannel.open(file, StandardOpenOption.READ), from, to);
    }

    private static FileSlice of(FileChannel channel, long from, long to) throws IOException {
        return new FileSlice(channel, from, Math.min(channel.size(), to));
    }

    @Override
    protected int readSome(byte[] target, int offset, int length) throws IOException {
        if (at >= end)
            return -1;
        final int n = channel.read(ByteBuffer.wrap(target, offset, (int) Math.min(length, end - at)), at);
        at += Math.max(n, 0);
        return n;
    }

    @Override
    public long skip(long bytes) {
        final long skipped = Math.clamp(bytes, 0, Math.max(0, end - at));
        at += skipped;
        return skipped;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
