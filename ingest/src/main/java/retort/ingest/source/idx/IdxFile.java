package retort.ingest.source.idx;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import retort.ingest.source.Compression;
import retort.ingest.source.ForeignKind;
import retort.ingest.source.SourceException;
import retort.place.Places;

/**
 * One IDX file of unsigned bytes, mapped: a big-endian magic (00 00 08 and the number of dimensions), a big-endian int for
 * each dimension, then the elements, row-major. A compressed file, or one that lies on no disk, is copied
 * to the JVM's temporary files first.
 *
 * @param dimensions sizes, outermost first
 * @param data the elements; valid until the arena that it was opened in is closed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record IdxFile(Path path, int[] dimensions, MemorySegment data) {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int UNSIGNED_BYTE = 0x08;

    /** @throws SourceException if the file is no IDX file of bytes with {@code rank} dimensions, or is cut short, or too long */
    static IdxFile open(Path path, int rank, Arena arena) throws IOException, SourceException {
        final Compression compression = Compression.of(path);
        final MemorySegment all = compression == Compression.NONE && !Places.isPlace(path)
                ? mapped(path, arena)
                : unpacked(path, compression, arena);
        if (all.byteSize() < 4 + 4L * rank)
            throw new SourceException(path + " is cut short: " + all.byteSize() + " bytes hold no IDX header");
        final int magic = all.get(INT, 0);
        if (magic != (UNSIGNED_BYTE << 8 | rank))
            throw new SourceException("%s is no IDX file of bytes with %d dimension(s): it begins with %08x, expected %08x%s"
                    .formatted(path, rank, magic, UNSIGNED_BYTE << 8 | rank, kind(magic)));
        final int[] dimensions = new int[rank];
        double expected = 1;
        for (int i = 0; i < rank; i++) {
            dimensions[i] = all.get(INT, 4 + 4L * i);
            if (dimensions[i] < 1)
                throw new SourceException(path + " has a dimension of " + dimensions[i] + ": its header is damaged");
            expected *= dimensions[i];
        }
        final MemorySegment data = all.asSlice(4 + 4L * rank);
        if (data.byteSize() != expected)
            throw new SourceException("%s is %s: its header promises %.0f bytes of data, %d are there; fetch it again"
                    .formatted(path, data.byteSize() < expected ? "cut short" : "too long", expected, data.byteSize()));
        return new IdxFile(path, dimensions, data);
    }

    private static MemorySegment mapped(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
    }

    /** Names the kind of the file, where the first bytes tell it. */
    private static String kind(int magic) {
        final String elements = switch (magic >>> 8) {
            case 0x08 -> "unsigned bytes";
            case 0x09 -> "signed bytes";
            case 0x0B -> "shorts";
            case 0x0C -> "ints";
            case 0x0D -> "floats";
            case 0x0E -> "doubles";
            default -> "";
        };
        if (!elements.isEmpty())
            return "; it holds " + elements + " in " + (magic & 0xFF) + " dimension(s), which are not read";
        final byte[] start = {(byte) (magic >>> 24), (byte) (magic >>> 16), (byte) (magic >>> 8), (byte) magic};
        return ForeignKind.of(start).map(what -> "; it is " + what).orElse("");
    }

    private static MemorySegment unpacked(Path file, Compression compression, Arena arena) throws IOException, SourceException {
        final Path plain = Files.createTempFile("retort-idx-", null);
        try (InputStream in = compression.open(Files.newInputStream(file));
                OutputStream out = Files.newOutputStream(plain)) {
            final byte[] part = new byte[1 << 16];
            for (int read = in.read(part); read >= 0; read = in.read(part))
                write(out, part, read, file, plain);
            return mapped(plain, arena);
        } catch (IOException e) {
            throw new SourceException(
                    file + " is cut short or damaged (" + compression + ": " + e.getMessage() + "): fetch it again", e);
        } finally {
            Files.delete(plain); // the mapping outlives the name
        }
    }

    /** A full disk is no damage of the file. */
    private static void write(OutputStream out, byte[] part, int length, Path file, Path plain) throws SourceException {
        try {
            out.write(part, 0, length);
        } catch (IOException e) {
            throw new SourceException(file + " cannot be unpacked to " + plain.getParent() + ": " + e.getMessage()
                    + ": make room there, unpack the file yourself, or name another folder by RETORT_JVM=-Djava.io.tmpdir=DIR",
                    e);
        }
    }
}
