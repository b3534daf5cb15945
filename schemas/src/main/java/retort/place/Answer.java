package retort.place;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of an answer. Closing it early breaks the connection off, because it would be read to its end otherwise. */
final class Answer extends FilterInputStream {
    private final Runnable breakOff;
    private long left;

    /** @param length bytes that the server has promised */
    Answer(InputStream in, long length, Runnable breakOff) {
        super(in);
        this.left = length;
        this.breakOff = breakOff;
    }

    @Override
    public int read() throws IOException {
        final byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        final int n = super.read(target, offset, length);
        left -= Math.max(n, 0);
        return n;
    }

    @Override
    public long skip(long bytes) throws IOException {
        final long n = super.skip(bytes);
        left -= n;
        return n;
    }

    @Override
    public void close() throws IOException {
        if (left > 0)
            breakOff.run();
        else
            super.close();
    }
}
