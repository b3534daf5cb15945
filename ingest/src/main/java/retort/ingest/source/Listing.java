package retort.ingest.source;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import retort.digest.Sha256;
import retort.place.Places;

/**
 * The digest of the entries that a source lists, in canonical order: see {@link Findings#listing()}. Names are relative to the source's
 * own folder, because the same data may lie elsewhere on another machine. Confined to one thread.
 */
public final class Listing {
    private final MessageDigest digest = Sha256.digest();

    /** @param size bytes of the entry's content, or any number that must not change */
    public Listing add(String name, long size) {
        final byte[] bytes = FileName.encode(name);
        digest.update(ByteBuffer.allocate(Integer.BYTES + Long.BYTES).putInt(bytes.length).putLong(size).flip());
        digest.update(bytes);
        return this;
    }

    /**
     * Adds a file of a {@link FilePattern} by its name, its size and, where a store tells it, its version.
     *
     * @param suffix follows the name
     * @param size bytes of the file, or any number that must not change
     */
    public Listing add(Path file, String suffix, long size) {
        final String version = Places.version(file);
        return add(FileName.of(file) + suffix + (version.isEmpty() ? "" : "@" + version), size);
    }

    /** @param content the content of {@code name}, for entries whose size alone does not tell a change */
    public Listing add(String name, ByteBuffer content) {
        add(name, content.remaining());
        digest.update(content.duplicate());
        return this;
    }

    /** 64 hexadecimal digits. Nothing may be added afterwards. */
    public String hex() {
        return Sha256.hex(digest);
    }
}
