package retort.place;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of one new object. A large one is sent in parts, each again if it fails. Nothing of it is seen before {@link #finish}
 * returns. Confined to one thread, which closes it.
 */
public final class ObjectUpload implements WritableByteChannel {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectUpload.class);
    private static final int PART = 16 << 20;
    /** The protocol allows 10,000 parts. */
    private static final long MOST_PARTS = 9_000;

    private final StorePath path;
    private final Writes writes;
    private final Attempts attempts;
    private final long bytes;
    private final byte[] part;
    private final List<String> tags = new ArrayList<>();
    private int filled;
    private long written;
    private @Nullable String upload;
    /** True if the server may have completed the object and its answer was lost. */
    private boolean answerLost;
    private boolean open = true;

    ObjectUpload(StorePath path, Writes writes, long bytes) {
        this.path = path;
        this.writes = writes;
        this.attempts = path.getFileSystem().attempts();
        this.bytes = bytes;
        this.part = new byte[Math.toIntExact(Math.min(bytes, Math.max(PART, bytes / MOST_PARTS + 1)))];
    }

    /** @throws PlaceException if a part cannot be written */
    @Override
    public int write(ByteBuffer source) throws IOException {
        if (!open)
            throw new ClosedChannelException();
        final int n = source.remaining();
        if (written + n > bytes)
            throw new IllegalArgumentException(path + " was said to have " + bytes + " bytes, and gets more");
        while (source.hasRemaining()) {
            if (filled == part.length)
                send();
            final int some = Math.min(source.remaining(), part.length - filled);
            source.get(part, filled, some);
            filled += some;
        }
        written += n;
        return n;
    }

    private void send() throws IOException {
        final String id = begun();
        final int number = tags.size() + 1;
        tags.add(attempts.run(path.toString(), BucketFiles.WRITTEN, () -> writes.part(path.key(), id, number, part, filled)));
        filled = 0;
    }

    private String begun() throws IOException {
        if (upload == null)
            upload = attempts.run(path.toString(), BucketFiles.WRITTEN, () -> writes.begin(path.key()));
        return upload;
    }

    /**
     * Sends what is left. When it returns, the object is there.
     *
     * @throws PlaceException if it cannot be written
     */
    public void finish() throws IOException {
        if (written != bytes)
            throw new IllegalStateException(path + " has " + written + " of " + bytes + " bytes");
        if (upload == null) {
            attempts.run(path.toString(), BucketFiles.WRITTEN, () -> writes.put(path.key(), part, filled, false));
        } else {
            send();
            final String id = upload;
            attempts.run(path.toString(), BucketFiles.WRITTEN, () -> complete(id));
            upload = null;
        }
        close();
    }

    private boolean complete(String id) throws IOException {
        try {
            writes.complete(path.key(), id, tags);
            return true;
        } catch (BusyException e) {
            answerLost = true;
            throw e;
        } catch (NoSuchFileException e) {
            if (answerLost && isThere())
                return true;
            throw new PlaceException(path + " cannot be written: its upload was dropped by another process", e);
        } catch (PlaceException e) { // servers differ in their answer to a second request
            if (answerLost && isThere())
                return true;
            throw e;
        }
    }

    private boolean isThere() throws IOException {
        try {
            return Files.size(path) == bytes;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /** Drops what was sent, unless the object is finished. */
    @Override
    public void close() {
        open = false;
        final String left = upload;
        upload = null;
        if (left != null)
            try {
                writes.abort(path.key(), left);
            } catch (IOException | PlaceException e) {
                LOG.debug("the parts of {} stay until they are swept", path, e);
            }
    }
}
