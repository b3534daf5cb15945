package retort.ingest.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import retort.file.BulkInput;

/**
 * A gzip file of any number of members, as pigz, bgzip and cat write it. The JDK's {@code GZIPInputStream} asks {@code available()} for a
 * further member, and it takes a damaged one for the end of the file: both lose data silently. Zeros after the last member are padding, as
 * in Python's gzip. Confined to one thread.
 */
final class GzipMembers extends BulkInput {
    private static final int DEFLATE = 8;
    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;
    private boolean inMember;
    private boolean first = true;

    /** @param in closed with this stream */
    GzipMembers(InputStream in) {
        this.in = in;
    }

    @Override
    protected int readSome(byte[] target, int offset, int length) throws IOException {
        while (inMember || begin()) {
            final int n = inflate(target, offset, length);
            if (n > 0)
                return n;
            if (inflater.finished())
                finish();
            else if (!inflater.needsInput())
                throw new IOException("a gzip member needs a dictionary");
            else if (fill())
                inflater.setInput(buffer, 0, end);
            else
                throw new EOFException("it ends inside a gzip member");
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        try {
            final int n = inflater.inflate(target, offset, length);
            crc.update(target, offset, n);
            return n;
        } catch (DataFormatException e) {
            throw new IOException("damaged gzip: " + e.getMessage(), e);
        }
    }

    /** Reads a member's header. @return false at the end of the file */
    private boolean begin() throws IOException {
        while (!first && (at < end || fill()) && buffer[at] == 0)
            at++;
        if (at == end && !fill()) {
            if (first)
                throw new EOFException("it is empty");
            return false;
        }
        if (next() != 0x1F || next() != 0x8B || next() != DEFLATE)
            throw new IOException("what follows a gzip member is none");
        final int flags = next();
        skip(6); // time, level, system
        if ((flags & EXTRA) != 0)
            skip(next() | next() << 8);
        for (final int text : new int[]{NAME, COMMENT})
            while ((flags & text) != 0 && next() != 0) {
                // up to its end
            }
        skip((flags & HEADER_CHECKSUM) != 0 ? 2 : 0);
        first = false;
        inMember = true;
        inflater.reset();
        inflater.setInput(buffer, at, end - at);
        crc.reset();
        return true;
    }

    private void finish() throws IOException {
        at = end - inflater.getRemaining();
        if (little32() != crc.getValue() || little32() != (inflater.getBytesWritten() & 0xFFFFFFFFL))
            throw new IOException("damaged gzip: a member does not have its checksum");
        inMember = false;
    }

    private long little32() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++)
            next();
    }

    private int next() throws IOException {
        if (at == end && !fill())
            throw new EOFException("it ends inside a gzip member");
        return Byte.toUnsignedInt(buffer[at++]);
    }

    /** Reads on; false at the end of the file. */
    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }
}
