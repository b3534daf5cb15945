package retort.trainer.ledger;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C of sample ids in their order, each as 8 bytes, big-endian. They may come in several parts. Confined to one thread. */
public final class IdsChecksum {
    private final CRC32C crc = new CRC32C();

    /** The checksum of all of {@code ids}. */
    public static int of(long[] ids) {
        return new IdsChecksum().add(ids, 0, ids.length).value();
    }

    /** Adds the ids from index {@code begin} up to, but not including, {@code end}. */
    public IdsChecksum add(long[] ids, int begin, int end) {
        final ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(end - begin, Long.BYTES));
        bytes.asLongBuffer().put(ids, begin, end - begin);
        crc.update(bytes);
        return this;
    }

    public int value() {
        return (int) crc.getValue();
    }
}
