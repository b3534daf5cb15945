package retort.trainer.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import retort.digest.FileDigest;
import retort.digest.Sha256;
import retort.file.WholeFile;
import retort.place.BucketFiles;
import retort.place.ObjectUpload;
import retort.place.Places;

/**
 * Reads and writes the safetensors format: a length in 8 little-endian bytes, a JSON header of this length, then the bytes of all
 * tensors. Blocking; any thread.
 * <p>
 * A file that is read is mapped, not loaded; an object of a bucket is copied to a disk first. Its tensors are views that need no heap, and the file stays mapped while one of them is
 * reachable. The file must not be truncated while they are in use. Checkpoints are safe, because they are renamed into place as a whole
 * and never written again.
 */
public final class SafeTensors {
    private static final int LENGTH_BYTES = 8;
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int CHUNK = 1 << 20;

    private SafeTensors() {
    }

    /**
     * Reads all tensors, in the order of the header.
     *
     * @throws WeightsException if the file is not a whole and sound safetensors file, or holds a tensor of 2 GiB or more
     * @throws UncheckedIOException if the file cannot be read
     */
    public static Map<String, HostTensor> read(Path file) {
        return named(file, all -> read(all, name -> true));
    }

    /**
     * Reads all tensors of a file that must have a digest. The file is read, and an object is copied, once.
     *
     * @throws WeightsException if the file has another digest, or is not sound
     * @throws UncheckedIOException if the file cannot be read
     */
    public static Map<String, HostTensor> read(Path file, FileDigest expected) {
        return mapped(file, all -> {
            final FileDigest found = new FileDigest(all.byteSize(), Sha256.of(all));
            if (!found.equals(expected))
                throw new WeightsException(file + " has " + found.bytes() + " bytes and SHA-256 " + found.sha256()
                        + ", announced were " + expected.bytes() + " bytes and " + expected.sha256());
            return sound(file, all, whole -> read(whole, name -> true));
        });
    }

    /** The file's {@code __metadata__}, empty if it has none. Throws as {@link #read(Path)} does. */
    public static Map<String, String> metadata(Path file) {
        return named(file, SafeTensors::metadata);
    }

    /** @throws WeightsException if the file is not sound; the message does not name the file */
    static Map<String, String> metadata(MemorySegment all) {
        return header(all).metadata();
    }

    /** @throws WeightsException if the file is not sound; the message does not name the file */
    static Map<String, HostTensor> read(MemorySegment all, Predicate<String> wanted) {
        final SafeTensorsHeader header = header(all);
        final MemorySegment data = all.asSlice(LENGTH_BYTES + all.get(LENGTH, 0));
        final Map<String, HostTensor> tensors = new LinkedHashMap<>();
        for (final SafeTensorsHeader.Entry entry : header.entries())
            if (wanted.test(entry.name()))
                tensors.put(entry.name(), tensor(entry, data));
        return tensors;
    }

    /**
     * Replaces {@code file} as a whole, see {@link WholeFile}, or the object of a bucket, see {@link BucketFiles}. Writes straight from the tensors' buffers. The same tensors and metadata
     * always give the same bytes. The tensors may be views of the file that is replaced.
     *
     * @return length and SHA-256 of the new file
     * @throws UncheckedIOException if the file cannot be written; the message names it and says what to do, and the old file is unchanged
     */
    public static FileDigest write(Path file, Map<String, HostTensor> tensors, Map<String, String> metadata) {
        return write(file, NamedTensors.of(tensors), metadata);
    }

    /**
     * As {@link #write(Path, Map, Map)}, for tensors that are asked for one by one, in the order of the file. Each tensor is hashed and
     * written before the next one is asked for.
     */
    public static FileDigest write(Path file, NamedTensors tensors, Map<String, String> metadata) {
        final SafeTensorsHeader header = SafeTensorsHeader.layOut(tensors.forms(), metadata);
        final MessageDigest digest = Sha256.digest();
        try {
            final byte[] json = header.toJson();
            final long bytes = LENGTH_BYTES + json.length
                    + header.entries().stream().mapToLong(SafeTensorsHeader.Entry::bytes).sum();
            if (Places.isPlace(file))
                try (ObjectUpload upload = BucketFiles.upload(file, bytes)) {
                    write(upload, digest, json, header, tensors);
                    upload.finish();
                }
            else
                WholeFile.write(file, channel -> write(channel, digest, json, header, tensors));
            return new FileDigest(bytes, Sha256.hex(digest));
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static void write(WritableByteChannel channel, MessageDigest digest, byte[] json, SafeTensorsHeader header,
            NamedTensors tensors) throws IOException {
        write(channel, digest, ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).flip());
        write(channel, digest, ByteBuffer.wrap(json));
        for (final SafeTensorsHeader.Entry entry : header.entries()) {
            final ByteBuffer bytes = tensors.tensor(entry.name()).view();
            if (bytes.limit() != entry.bytes())
                throw new IllegalArgumentException("tensor " + entry.name() + " has " + bytes.limit() + " bytes, not "
                        + entry.bytes());
            write(channel, digest, bytes);
        }
    }

    private static HostTensor tensor(SafeTensorsHeader.Entry entry, MemorySegment data) {
        if (entry.bytes() > Integer.MAX_VALUE)
            throw new WeightsException("tensor " + entry.name() + " has " + entry.bytes() + " bytes; one tensor may have 2 GiB");
        final ByteBuffer bytes = data.asSlice(entry.begin(), entry.bytes()).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return new HostTensor(entry.dtype(), entry.shape(), bytes);
    }

    private static SafeTensorsHeader header(MemorySegment all) {
        final long size = all.byteSize();
        if (size < LENGTH_BYTES)
            throw new WeightsException("with " + size + " bytes it is too short");
        final long length = all.get(LENGTH, 0);
        if (length < 2 || length > Math.min(SafeTensorsHeader.MAX_BYTES, size - LENGTH_BYTES))
            throw new WeightsException("its first 8 bytes ask for a header of " + Long.toUnsignedString(length)
                    + " bytes in a file of " + size);
        final byte[] json = all.asSlice(LENGTH_BYTES, length).toArray(ValueLayout.JAVA_BYTE);
        return SafeTensorsHeader.parse(json, size - LENGTH_BYTES - length);
    }

    private static <T> T named(Path file, Function<MemorySegment, T> reading) {
        return mapped(file, all -> sound(file, all, reading));
    }

    private static <T> T mapped(Path file, Function<MemorySegment, T> reading) {
        try (FileChannel channel = Places.mappable(file)) {
            return reading.apply(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
        } catch (IOException e) {
            throw new UncheckedIOException("weights cannot be read from " + file + ": " + e, e);
        }
    }

    private static <T> T sound(Path file, MemorySegment all, Function<MemorySegment, T> reading) {
        try {
            return reading.apply(all);
        } catch (WeightsException e) {
            throw new WeightsException(file + " is not a sound safetensors file: " + e.getMessage(), e);
        }
    }

    /** Writes in chunks, because a channel copies a heap buffer as a whole. */
    private static void write(WritableByteChannel channel, MessageDigest digest, ByteBuffer bytes) throws IOException {
        for (int at = 0; at < bytes.limit(); at += CHUNK) {
            final ByteBuffer chunk = bytes.slice(at, Math.min(CHUNK, bytes.limit() - at));
            digest.update(chunk.duplicate());
            while (chunk.hasRemaining())
                channel.write(chunk);
        }
    }
}
