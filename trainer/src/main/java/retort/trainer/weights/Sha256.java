package retort.trainer.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** SHA-256 of files and of sets of tensors, as lower-case hex. Reads every byte once. Any thread. */
public final class Sha256 {
    private static final int CHUNK = 1 << 20;

    private Sha256() {
    }

    public static FileDigest of(Path file) throws IOException {
        final MessageDigest digest = digest();
        final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
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

    /** Of the tensors' bytes alone, one after another in the order of their names: equal for equal weights, whatever the file. */
    public static String of(Map<String, HostTensor> tensors) {
        final MessageDigest digest = digest();
        new TreeMap<>(tensors).values().forEach(tensor -> digest.update(tensor.view()));
        return hex(digest);
    }

    public static String of(byte[] bytes) {
        final MessageDigest digest = digest();
        digest.update(bytes);
        return hex(digest);
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
