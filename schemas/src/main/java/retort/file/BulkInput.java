package retort.file;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** An input stream that reads many bytes at once; a single byte is read in the same way. Confined to one thread, which closes it. */
public abstract class BulkInput extends InputStream {
    /**
     * Reads up to {@code length} bytes into {@code target} from index {@code offset} on. The range lies in the array and is not empty.
     *
     * @return number of bytes, at least 1; -1 at the end
     */
    protected abstract int readSome(byte[] target, int offset, int length) throws IOException;

    @Override
    public final int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        return length == 0 ? 0 : readSome(target, offset, length);
    }

    @Override
    public final int read() throws IOException {
        final byte[] one = new byte[1];
        return readSome(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }
}
