package retort.ingest.source;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** The compression of a file. Its first bytes tell it; its name does not count. Any thread. */
public enum Compression {
    NONE(""), GZIP("\u001f\u008b"), XZ("\u00fd7zXZ\0"), BZIP2("BZh"), ZSTD("(\u00b5/\u00fd");

    private static final int BUFFER_BYTES = 1 << 16;
    /** The largest memory of an XZ decoder. No usual writer asks for more (xz -9 takes 65 MiB), but a damaged header may. */
    private static final int MOST_XZ_KIB = 256 << 10;

    /** Kinds of files that are not read, by their first bytes, and what a person can do about them. */
    private enum Foreign {
        ZIP("PK\u0003\u0004", "a ZIP archive: unpack it, and read the folder"), SEVEN_ZIP("7z\u00bc\u00af'\u001c",
                "a 7z archive: unpack it"), RAR("Rar!\u001a\u0007", "a RAR archive: unpack it"), LZ4("\u0004\"M\u0018",
                        "compressed with lz4: write it anew with gzip, xz, bzip2 or zstd"), LZIP("LZIP",
                                "compressed with lzip: write it anew with gzip, xz, bzip2 or zstd"), COMPRESS("\u001f\u009d",
                                        "compressed with compress: write it anew with gzip, xz, bzip2 or zstd"), PARQUET("PAR1",
                                                "a Parquet file: read it with parquet:"), HDF5("\u0089HDF\r\n\u001a\n",
                                                        "an HDF5 file"), JPEG("\u00ff\u00d8\u00ff", "a JPEG image"), PNG(
                                                                "\u0089PNG", "a PNG image"), LFS("version https://git-lfs",
                                                                        "a pointer of Git LFS, not the file: run 'git lfs pull'"), HTML(
                                                                                "<!DOCTYPE",
                                                                                "a web page, as a failed download leaves it: fetch it again"), HTML_BARE(
                                                                                        "<html",
                                                                                        "a web page, as a failed download leaves it: fetch it again"), XML(
                                                                                                "<?xml",
                                                                                                "XML, as a failed download leaves it: fetch it again");

        private final String magic;
        private final String description;

        Foreign(String magic, String description) {
            this.magic = magic;
            this.description = description;
        }
    }

    private final String magic;

    Compression(String magic) {
        this.magic = magic;
    }

    /** Reads the first bytes of {@code file}. */
    public static Compression of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(8));
        }
    }

    /** @param start the first bytes of a file, eight if it has so many */
    public static Compression of(byte[] start) {
        for (final Compression one : values())
            if (one != NONE && startsWith(start, one.magic))
                return one;
        return NONE;
    }

    /** Names the kind of a file that begins with {@code start}, and the way out. Empty for a kind that is not known. */
    public static Optional<String> foreign(byte[] start) {
        return Arrays.stream(Foreign.values()).filter(kind -> startsWith(start, kind.magic)).map(kind -> kind.description)
                .findFirst();
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
            case GZIP -> new BufferedInputStream(new GZIPInputStream(in, BUFFER_BYTES), BUFFER_BYTES);
            case XZ ->
                new BufferedInputStream(new XZInputStream(new BufferedInputStream(in, BUFFER_BYTES), MOST_XZ_KIB), BUFFER_BYTES);
            case BZIP2 -> new BufferedInputStream(new BZip2CompressorInputStream(new BufferedInputStream(in, BUFFER_BYTES), true),
                    BUFFER_BYTES);
            case ZSTD -> new BufferedInputStream(new ZstdInputStream(in), BUFFER_BYTES);
        };
    }

    /** @param magic bytes as Latin-1 */
    private static boolean startsWith(byte[] start, String magic) {
        return new String(start, 0, Math.min(start.length, magic.length()), StandardCharsets.ISO_8859_1).equals(magic);
    }
}
