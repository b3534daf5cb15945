package retort.ingest.source.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes tar archives for tests, valid ones and invalid ones. */
public final class TarBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public TarBytes file(String name, byte[] content) {
        return header(name, Long.toOctalString(content.length), '0').raw(content).pad();
    }

    public TarBytes file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** A header with a correct checksum, even if its fields are invalid. */
    public TarBytes header(String name, String size, char type) {
        final byte[] block = new byte[512];
        put(block, 0, name);
        put(block, 100, "0000644");
        put(block, 124, size);
        block[156] = (byte) type;
        put(block, 257, "ustar");
        put(block, 263, "00");
        put(block, 148, "        ");
        int sum = 0;
        for (final byte b : block)
            sum += Byte.toUnsignedInt(b);
        put(block, 148, String.format("%06o\0 ", sum));
        return raw(block);
    }

    public TarBytes raw(byte[] content) {
        bytes.writeBytes(content);
        return this;
    }

    private TarBytes pad() {
        return raw(new byte[(512 - bytes.size() % 512) % 512]);
    }

    public byte[] end() {
        return raw(new byte[1024]).unfinished();
    }

    /** The archive without closing blocks, as a killed writer leaves it. */
    public byte[] unfinished() {
        return bytes.toByteArray();
    }

    private static void put(byte[] block, int offset, String text) {
        final byte[] value = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(value, 0, block, offset, value.length);
    }
}
