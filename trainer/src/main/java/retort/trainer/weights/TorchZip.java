package retort.trainer.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads a zip of torch, also a large one (zip64). Torch does not compress a record, so a record is a slice of the mapped file; the JDK's
 * own reader would copy it. A file that was zipped again may have compressed records. They are unpacked into native memory. All these
 * records together have a limit, because a small file can unpack to a huge one. Confined to one thread.
 */
final class TorchZip {
    private static final ValueLayout.OfShort U2 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U4 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I8 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int ENCRYPTED = 1;
    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;
    private static final long IN_EXTRA = 0xffff_ffffL;
    private static final int MAX_ENTRIES = 100_000;
    private static final int DEFLATED = 8;
    /** Limit of unpacked bytes for each byte of the file. Trained weights shrink by a tenth; zeros, as in a new head, to a thousandth. */
    private static final int MAX_RATIO = 8;
    /** Bytes that may be unpacked beyond {@link #MAX_RATIO}, for small files. */
    private static final long SMALL_BYTES = 64 << 20;

    private final MemorySegment file;
    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, MemorySegment> checked = new HashMap<>();
    private long checkedBytes;
    private long unpackedBytes;

    private record Entry(int method, int crc32, long bytes, long compressedBytes, long localHeader) {
    }

    /** @throws WeightsException if the directory at the end of the file is missing or broken */
    TorchZip(MemorySegment file) {
        this.file = file;
        try {
            readDirectory(findEnd());
        } catch (IndexOutOfBoundsException e) {
            throw new WeightsException("its zip directory points outside of the file", e);
        }
    }

    Set<String> names() {
        return entries.keySet();
    }

    /**
     * The bytes of an entry, after a check of its CRC-32; empty if there is no such entry.
     *
     * @throws WeightsException if the entry lies outside of the file, is damaged, or unpacks to more than weights can
     */
    Optional<MemorySegment> entry(String name) {
        return Optional.ofNullable(entries.get(name))
                .map(entry -> checked.computeIfAbsent(name, unchecked -> check(unchecked, entry)));
    }

    private MemorySegment check(String name, Entry entry) {
        if (entry.method() == DEFLATED)
            return unpack(name, entry);
        if (entry.method() != 0 || entry.bytes() != entry.compressedBytes())
            throw new WeightsException("record " + name + " is compressed by method " + entry.method()
                    + ": unpack the file and zip it again without compression");
        try {
            require(u4(entry.localHeader()) == LOCAL, "record " + name + " does not begin where the zip directory says");
            final MemorySegment bytes = file.asSlice(data(entry), entry.bytes());
            checkedBytes += entry.bytes();
            require(checkedBytes <= file.byteSize(), "record " + name + " shares its bytes with others");
            require(crc32(bytes) == entry.crc32(), "record " + name + " does not fit its CRC-32: the file is damaged");
            return bytes;
        } catch (IndexOutOfBoundsException e) {
            throw new WeightsException("record " + name + " lies outside of the file", e);
        }
    }

    private long data(Entry entry) {
        return entry.localHeader() + 30 + u2(entry.localHeader() + 26) + u2(entry.localHeader() + 28);
    }

    private MemorySegment unpack(String name, Entry entry) {
        unpackedBytes += entry.bytes();
        require(unpackedBytes <= MAX_RATIO * file.byteSize() + SMALL_BYTES && entry.bytes() <= Integer.MAX_VALUE,
                "record " + name + " is compressed more than weights can be");
        final MemorySegment bytes = Arena.ofAuto().allocate(Math.max(1, entry.bytes()), 8).asSlice(0, entry.bytes());
        final ByteBuffer to = bytes.asByteBuffer();
        final Inflater inflater = new Inflater(true);
        try {
            require(u4(entry.localHeader()) == LOCAL, "record " + name + " does not begin where the zip directory says");
            inflater.setInput(file.asSlice(data(entry), entry.compressedBytes()).asByteBuffer());
            while (to.hasRemaining() && inflater.inflate(to) > 0) { // until the buffer is full or the input ends
            }
            require(!to.hasRemaining() && crc32(bytes) == entry.crc32(), "record " + name + " is compressed and damaged");
            return bytes;
        } catch (DataFormatException | IndexOutOfBoundsException | IllegalArgumentException e) {
            if (e instanceof WeightsException refused)
                throw refused;
            throw new WeightsException("record " + name + " is compressed and damaged: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }

    /** Finds the end record. Only a comment may follow it in the file; the record holds the length of the comment. */
    private long findEnd() {
        final long last = file.byteSize() - 22;
        for (long at = last; at >= 0 && at >= last - 0xffff; at--)
            if (u4(at) == END && at + 22 + u2(at + 20) == file.byteSize())
                return at;
        throw new WeightsException("it begins as a zip but has no directory at its end: it is cut short");
    }

    private void readDirectory(long end) {
        long count = u2(end + 10);
        long at = Integer.toUnsignedLong(u4(end + 16));
        if (end >= 20 && u4(end - 20) == LOCATOR64) {
            final long end64 = file.get(I8, end - 12);
            require(u4(end64) == END64, "its zip64 directory is not where it should be");
            count = file.get(I8, end64 + 32);
            at = file.get(I8, end64 + 48);
        }
        require(count >= 0 && count <= MAX_ENTRIES, "its zip directory lists " + count + " records");
        for (long i = 0; i < count; i++)
            at = readEntry(at);
    }

    private long readEntry(long at) {
        require(u4(at) == CENTRAL, "its zip directory is damaged at byte " + at);
        final int nameBytes = u2(at + 28);
        final int extraBytes = u2(at + 30);
        final String name = new String(file.asSlice(at + 46, nameBytes).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        require((u2(at + 8) & ENCRYPTED) == 0, "record " + name + " is encrypted");
        final Extra extra = new Extra(at + 46 + nameBytes, extraBytes);
        final long bytes = extra.orWide(Integer.toUnsignedLong(u4(at + 24)));
        final long compressed = extra.orWide(Integer.toUnsignedLong(u4(at + 20)));
        final long localHeader = extra.orWide(Integer.toUnsignedLong(u4(at + 42)));
        require(!name.startsWith("/") && !name.contains(".."), "record " + name + " leads out of the archive");
        require(bytes >= 0 && localHeader >= 0, "record " + name + " has an impossible size or place");
        final Entry entry = new Entry(u2(at + 10), u4(at + 16), bytes, compressed, localHeader);
        require(entries.put(name, entry) == null, "record " + name + " is listed twice");
        return at + 46 + nameBytes + extraBytes + u2(at + 32);
    }

    /** The zip64 extra field. It holds, in order, the wide values of the fields that do not fit into the narrow record. */
    private final class Extra {
        private long at = -1;
        private long end;

        Extra(long from, int bytes) {
            for (long field = from; field + 4 <= from + bytes; field += 4 + u2(field + 2))
                if (u2(field) == 1 && at < 0) {
                    at = field + 4;
                    end = at + u2(field + 2);
                }
        }

        long orWide(long narrow) {
            if (narrow != IN_EXTRA || at < 0 || at + 8 > end)
                return narrow;
            at += 8;
            return file.get(I8, at - 8);
        }
    }

    private static int crc32(MemorySegment bytes) {
        final CRC32 crc32 = new CRC32();
        for (long at = 0; at < bytes.byteSize(); at += 1 << 30)
            crc32.update(bytes.asSlice(at, Math.min(1 << 30, bytes.byteSize() - at)).asByteBuffer());
        return (int) crc32.getValue();
    }

    private int u2(long at) {
        return Short.toUnsignedInt(file.get(U2, at));
    }

    private int u4(long at) {
        return file.get(U4, at);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds)
            throw new WeightsException(otherwise);
    }
}
