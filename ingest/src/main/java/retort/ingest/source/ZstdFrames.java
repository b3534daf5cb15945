package retort.ingest.source;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * A zstd file of any number of frames, as pzstd and cat write it. {@code ZstdInputStream} of zstd-jni 1.5.7 takes the beginning of a second
 * frame for the end of the file, and loses the rest silently. Confined to one thread, which closes it.
 */
final class ZstdFrames extends InputStream {
    private static final int BUFFER_BYTES = 1 << 17;

    private final InputStream in;
    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private final byte[] heap = new byte[BUFFER_BYTES];
    private final ByteBuffer packed = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final ByteBuffer plain = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    /** True between two frames, and after the last one. */
    private boolean whole;
    /** True if the decoder may hold more bytes than {@code plain} had room for. */
    private boolean full;

    /** @param in closed with this stream */
    ZstdFrames(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return fill() ? Byte.toUnsignedInt(plain.get()) : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0)
            return 0;
        if (!fill())
            return -1;
        final int n = Math.min(length, plain.remaining());
        plain.get(target, offset, n);
        return n;
    }

    /** @return false at the end of the file */
    private boolean fill() throws IOException {
        while (!plain.hasRemaining()) {
            if (!packed.hasRemaining() && !full) {
                final int n = in.read(heap);
                if (n < 0 && !whole)
                    throw new EOFException("it ends inside a zstd frame");
                if (n < 0)
                    return false;
                packed.clear().put(heap, 0, n).flip();
            }
            plain.clear();
            try {
                whole = context.decompressDirectByteBufferStream(plain, packed);
            } catch (ZstdException e) {
                plain.limit(0);
                throw new IOException("damaged zstd: " + e.getMessage(), e);
            }
            full = !whole && !plain.hasRemaining();
            plain.flip();
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        context.close();
        in.close();
    }
}
