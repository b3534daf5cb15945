package retort.ingest.source.tar;

import java.io.IOException;
import java.util.Arrays;
import retort.ingest.source.FileName;

/**
 * One 512-byte header (POSIX.1 ustar, GNU, old V7), whose checksum is right.
 *
 * @param name path, with the ustar prefix
 * @param size bytes of content, never negative
 * @param type type flag; 0 for a file of the oldest kind
 */
record TarHeader(String name, long size, byte type) {
    static final int BLOCK = 512;

    /** @throws IOException if the block is no header; the message says why, not where */
    static TarHeader parse(byte[] block) throws IOException {
        final long expected = number(block, 148, 8, "checksum");
        long unsigned = 0;
        long signed = 0; // some old writers summed signed bytes
        for (int i = 0; i < BLOCK; i++) {
            final byte value = i >= 148 && i < 156 ? (byte) ' ' : block[i];
            unsigned += Byte.toUnsignedInt(value);
            signed += value;
        }
        if (expected != unsigned && expected != signed)
            throw new IOException("bad header checksum");
        final boolean posix = text(block, 257, 8).startsWith("ustar") && block[262] == 0;
        final String prefix = posix ? text(block, 345, 155) : "";
        final String name = text(block, 0, 100);
        return new TarHeader(prefix.isEmpty() ? name : prefix + "/" + name, number(block, 124, 12, "size"), block[156]);
    }

    /** True if the block has the mark of POSIX and GNU, which the oldest tars do not have. */
    static boolean saysThatItIsOne(byte[] block) {
        return text(block, 257, 5).equals("ustar");
    }

    static boolean isEnd(byte[] block) {
        return Arrays.equals(block, new byte[BLOCK]);
    }

    boolean isFile() {
        return type == 0 || type == '0' || type == '7';
    }

    /** True for a hard or a symbolic link. */
    boolean isLink() {
        return type == '1' || type == '2';
    }

    /** Links, devices and folders have no content whatever their size says, as in GNU tar and Python's tarfile. */
    boolean hasContent() {
        return type < '1' || type > '6';
    }

    private static String text(byte[] block, int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0)
            end++;
        return FileName.decode(Arrays.copyOfRange(block, offset, end));
    }

    /** Octal digits between blanks, or GNU's base 256 with the top bit set. */
    private static long number(byte[] block, int offset, int length, String field) throws IOException {
        if ((block[offset] & 0x80) != 0)
            return binary(block, offset, length, field);
        final String digits = text(block, offset, length).strip();
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '7'))
            throw new IOException("the header's " + field + " is no octal number");
        return Long.parseLong(digits, 8);
    }

    private static long binary(byte[] block, int offset, int length, String field) throws IOException {
        long value = block[offset] & 0x7f;
        for (int i = offset + 1; i < offset + length; i++) {
            if (value >>> 54 != 0) // also every negative number
                throw new IOException("the header's " + field + " is negative or too large");
            value = value << 8 | Byte.toUnsignedInt(block[i]);
        }
        return value;
    }
}
