package retort.ingest.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import retort.digest.Sha256;

/**
 * A digest of samples of the bytes of files. It notices files whose names and sizes stayed the same while their content changed, as
 * bitmaps that were drawn anew. It reads at most 16 MiB, whatever the size of the set: of up to 1,024 files, evenly spread over all, blocks
 * that are evenly spread over each. Up to that many files, a file of 16 KiB or less is read whole. Times of change do not count, because
 * copies change them. Stateless; any thread.
 */
public final class Contents {
    static final int MOST_FILES = 1 << 10;
    private static final int BLOCK_BYTES = 1 << 13;
    private static final int MOST_BLOCKS = 2 * MOST_FILES;
    private static final int MOST_BLOCKS_OF_A_FILE = 256;

    private Contents() {
    }

    /** See {@link #of(int, IntFunction)}. */
    public static Optional<String> of(List<Path> files) {
        return of(files.size(), files::get);
    }

    /**
     * @param count number of files
     * @param file the file of a number from 0 to {@code count - 1}
     * @return 64 hexadecimal digits; empty if there is no file, or if the files do not lie on a disk
     */
    public static Optional<String> of(int count, IntFunction<Path> file) {
        if (count == 0 || !file.apply(0).getFileSystem().equals(FileSystems.getDefault()))
            return Optional.empty();
        final int read = Math.min(count, MOST_FILES);
        final int blocks = Math.clamp(MOST_BLOCKS / read, 2, MOST_BLOCKS_OF_A_FILE);
        final MessageDigest digest = Sha256.digest();
        for (int i = 0; i < read; i++)
            add(file.apply((int) ((long) i * count / read)), blocks, digest);
        return Optional.of(Sha256.hex(digest));
    }

    private static void add(Path file, int blocks, MessageDigest digest) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            final long size = channel.size();
            final boolean whole = size <= (long) blocks * BLOCK_BYTES;
            final ByteBuffer block = ByteBuffer.allocate(whole ? (int) size : BLOCK_BYTES);
            for (int i = 0; i < (whole ? 1 : blocks); i++) {
                final long at = whole ? 0 : (size - BLOCK_BYTES) * (i + 1) / blocks; // the last ones are the file's end
                block.clear();
                while (block.hasRemaining() && channel.read(block, at + block.position()) >= 0) {
                    // until it is full, or the file ends
                }
                digest.update(block.flip());
            }
        } catch (IOException unreadable) { // its sample is rejected when it is read
            digest.update((byte) 0);
        }
    }
}
