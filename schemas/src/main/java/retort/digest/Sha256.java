package retort.digest;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as 64 lower-case hexadecimal digits. Stateless, so any thread may call it. */
public final class Sha256 {
    private static final int CHUNK_BYTES = 1 << 20;

    private Sha256() {
    }

    /**
     * Reads the whole file once. Blocks.
     *
     * @throws IOException if the file cannot be read
     */
    public static FileDigest of(Path file) throws IOException {
        final MessageDigest digest = digest();
        final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        long bytes = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(chunk) >= 0) {
                chunk.flip();
                bytes += chunk.remaining();
                digest.update(chunk);
                chunk.clear();
            }
        }
        return new FileDigest(bytes, hex(digest));
    }

    /** The SHA-256 of mapped or native memory. Reads it once. */
    public static String of(MemorySegment bytes) {
        final MessageDigest digest = digest();
        for (long at = 0; at < bytes.byteSize(); at += CHUNK_BYTES)
            digest.update(bytes.asSlice(at, Math.min(CHUNK_BYTES, bytes.byteSize() - at)).asByteBuffer());
        return hex(digest);
    }

    public static String of(byte[] bytes) {
        final MessageDigest digest = digest();
        digest.update(bytes);
        return hex(digest);
    }

    /** The SHA-256 of the UTF-8 bytes of {@code text}. */
    public static String of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A new digest for a caller that updates it piece by piece and finishes it with {@link #hex}. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /** Finishes {@code digest} and returns its value. The digest is then reset. */
    public static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
