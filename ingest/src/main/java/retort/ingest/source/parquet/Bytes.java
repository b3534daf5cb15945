package retort.ingest.source.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads of a file at a place. */
final class Bytes {
    private Bytes() {
    }

    /** Exactly {@code length} bytes from {@code position} on, in the heap. */
    static ByteBuffer read(FileChannel file, long position, int length) throws IOException {
        return fill(file, position, ByteBuffer.allocate(length));
    }

    /** Fills what remains of {@code target}, and flips it. */
    static ByteBuffer fill(FileChannel file, long position, ByteBuffer target) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            final int n = file.read(target, at);
            if (n < 0)
                throw new EOFException("it is cut: it ends at byte " + at);
            at += n;
        }
        return target.flip();
    }
}
