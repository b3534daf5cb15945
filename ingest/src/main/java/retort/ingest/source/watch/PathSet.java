package retort.ingest.source.watch;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import retort.digest.Sha256;
import retort.ingest.source.FileName;

/**
 * A set of paths, each kept as 64 bits of its SHA-256. A million paths take 16 MiB, and strings would take ten times as much. Two of a
 * million paths share their bits once in forty million folders. Confined to one thread.
 */
final class PathSet {
    private final MessageDigest digest = Sha256.digest();
    private long[] slots = new long[1 << 10];
    private int size;

    void add(String path) {
        if (size * 2 == slots.length)
            grow();
        size += put(slots, bits(path)) ? 1 : 0;
    }

    boolean contains(String path) {
        final long bits = bits(path);
        int at = (int) bits & slots.length - 1;
        while (slots[at] != 0 && slots[at] != bits)
            at = at + 1 & slots.length - 1;
        return slots[at] == bits;
    }

    private void grow() {
        final long[] larger = new long[slots.length * 2];
        for (final long bits : slots)
            if (bits != 0)
                put(larger, bits);
        slots = larger;
    }

    private static boolean put(long[] slots, long bits) {
        int at = (int) bits & slots.length - 1;
        while (slots[at] != 0 && slots[at] != bits)
            at = at + 1 & slots.length - 1;
        final boolean fresh = slots[at] == 0;
        slots[at] = bits;
        return fresh;
    }

    /** Never 0, which marks a free slot. */
    private long bits(String path) {
        final long bits = ByteBuffer.wrap(digest.digest(FileName.encode(path))).getLong();
        return bits == 0 ? 1 : bits;
    }
}
