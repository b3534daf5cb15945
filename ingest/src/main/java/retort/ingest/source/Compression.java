package retort.ingest.source;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/** The compression of a file. Its first bytes tell it; its name does not count. Any thread. */
public enum Compression {
    NONE(""), GZIP("\u001f\u008b"), XZ("\u00fd7zXZ\0"), BZIP2("BZh"), ZSTD("(\u00b5/\u00fd"), LZMA("]\0\0");

    private static final int BUFFER_BYTES = 1 << 16;
    /** The end of the number that begins a skippable frame of zstd, as pzstd writes it. The first byte is 0x50 to 0x5F. */
    private static final String SKIPPABLE = "*M\u0018";
    /** The largest memory of an XZ or LZMA decoder. No usual writer asks for more (xz -9 takes 65 MiB), but a damaged header may. */
    private static final int MOST_XZ_KIB = 256 << 10;

    private final String magic;

    Compression(String magic) {
        this.magic = magic;
    }

    /** Reads the first bytes of {@code file}. */
    public static Compression of(Path file) throws IOException {
        try (InputStream in = FileSlice.open(file, 0, 8)) {
            return of(in.readNBytes(8));
        }
    }

    /** @param start the first bytes of a file, eight if it has so many */
    public static Compression of(byte[] start) {
        for (final Compression one : values())
            if (one != NONE && startsWith(start, one.magic))
                return one;
        final boolean skippable = start.length >= 4 && (start[0] & 0xF0) == 0x50
                && startsWith(Arrays.copyOfRange(start, 1, 4), SKIPPABLE);
        return skippable ? ZSTD : NONE;
    }

    /**
     * The plain content of {@code in}, which is closed with the stream.
     *
     * @throws IOException if {@code in} does not begin as this compression does
     */
    @SuppressWarnings("MustBeClosedChecker") // the caller closes it
    public InputStream open(InputStream in) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP -> new BufferedInputStream(new GzipMembers(in), BUFFER_BYTES);
            case LZMA -> new BufferedInputStream(new LZMAInputStream(new BufferedInputStream(in, BUFFER_BYTES), MOST_XZ_KIB),
                    BUFFER_BYTES);
            case XZ ->
                new BufferedInputStream(new XZInputStream(new BufferedInputStream(in, BUFFER_BYTES), MOST_XZ_KIB), BUFFER_BYTES);
            case BZIP2 -> new BufferedInputStream(new BZip2CompressorInputStream(new BufferedInputStream(in, BUFFER_BYTES), true),
                    BUFFER_BYTES);
            case ZSTD -> new BufferedInputStream(new ZstdFrames(in), BUFFER_BYTES);
        };
    }

    /** @param magic bytes as Latin-1 */
    private static boolean startsWith(byte[] start, String magic) {
        return new String(start, 0, Math.min(start.length, magic.length()), StandardCharsets.ISO_8859_1).equals(magic);
    }
}
