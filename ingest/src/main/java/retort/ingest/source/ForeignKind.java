package retort.ingest.source;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Kinds of files that are not read, by their first bytes, and what a person can do about them. Any thread. */
public final class ForeignKind {
    private static final String UNPACK = "a %s archive: unpack it, and read the folder";
    private static final String ANEW = "compressed with %s: write it anew with gzip, xz, bzip2 or zstd";
    private static final String FETCH = "%s, as a failed download leaves it: fetch it again";
    private static final int SHOWN = 16;

    /** @param magic the first bytes, as Latin-1 */
    private record Kind(String magic, String description) {
    }

    private static final List<Kind> BINARY = List.of(new Kind("PK\u0003\u0004", UNPACK.formatted("ZIP")),
            new Kind("PK\u0005\u0006", "an empty ZIP archive"), new Kind("7z\u00bc\u00af'\u001c", UNPACK.formatted("7z")),
            new Kind("Rar!\u001a\u0007", UNPACK.formatted("RAR")), new Kind("MSCF", UNPACK.formatted("cabinet")),
            new Kind("!<arch>\n", UNPACK.formatted("Unix ar")), new Kind("07070", UNPACK.formatted("cpio")),
            new Kind("\u0004\"M\u0018", ANEW.formatted("lz4")), new Kind("\u0002!L\u0018", ANEW.formatted("lz4")),
            new Kind("LZIP", ANEW.formatted("lzip")), new Kind("\u001f\u009d", ANEW.formatted("compress")),
            new Kind("\u00ff\u0006\0\0sNaPpY", ANEW.formatted("snappy")),
            new Kind("PAR1", "a Parquet file: read it with parquet:"),
            new Kind("\u0089HDF\r\n\u001a\n", "an HDF5 file"), new Kind("\u0093NUMPY", "an array of NumPy"),
            new Kind("\u0080\u0002", "a pickle of Python"), new Kind("\u0080\u0004", "a pickle of Python"),
            new Kind("\u00ff\u00d8\u00ff", "a JPEG image"), new Kind("\u0089PNG", "a PNG image"),
            new Kind("version https://git-lfs", "a pointer of Git LFS, not the file: run 'git lfs pull'"));

    /** Texts that servers send in place of a file. Their case, and blanks before them, do not count. */
    private static final List<Kind> TEXT = List.of(new Kind("<!doctype", FETCH.formatted("a web page")),
            new Kind("<html", FETCH.formatted("a web page")), new Kind("<?xml", FETCH.formatted("XML")),
            new Kind("<error", FETCH.formatted("XML")), new Kind("{", FETCH.formatted("JSON")));

    private ForeignKind() {
    }

    /** Names the kind of a file that begins with {@code start}, and the way out. Empty for a kind that is not known. */
    public static Optional<String> of(byte[] start) {
        final String bytes = text(start);
        final String text = bytes.stripLeading().toLowerCase(Locale.ROOT);
        return BINARY.stream().filter(kind -> bytes.startsWith(kind.magic)).map(Kind::description).findFirst()
                .or(() -> TEXT.stream().filter(kind -> text.startsWith(kind.magic)).map(Kind::description).findFirst());
    }

    /** The first bytes of a file of unknown kind, for a message. */
    public static String shown(byte[] start) {
        final String text = text(start);
        return '"' + text.substring(0, Math.min(SHOWN, text.length())).replaceAll("[^ -~]", ".") + '"';
    }

    private static String text(byte[] start) {
        return new String(start, 0, Math.min(start.length, 64), StandardCharsets.ISO_8859_1);
    }
}
