package retort.ingest.source.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.ingest.source.FileSlice;

class TarReaderTest {
    @ParameterizedTest
    @ValueSource(strings = {"gnu", "posix"})
    void readsWhatGnuTarWritesWithLongNamesLinksAndFolders(String format) throws Exception {
        final byte[] archive;
        try (InputStream in = new GZIPInputStream(
                Objects.requireNonNull(TarReaderTest.class.getResourceAsStream("/tar/" + format + ".tar.gz")))) {
            archive = in.readAllBytes();
        }
        final String deep = "d".repeat(60) + "/" + "d".repeat(60) + "/" + "f".repeat(90) + ".txt";
        assertThat(list(archive)).containsExactlyInAnyOrder("short/a.txt=one", "short/ü.txt=äöü", deep + "=two");
    }

    @Test
    void findsEveryMemberAgainWhereItsFirstHeaderBegins(@TempDir Path dir) throws Exception {
        final Path file = dir.resolve("a.tar");
        try (InputStream in = new GZIPInputStream(
                Objects.requireNonNull(TarReaderTest.class.getResourceAsStream("/tar/gnu.tar.gz")))) {
            Files.write(file, in.readAllBytes());
        }
        final List<TarMember> members = new ArrayList<>();
        try (TarReader tar = new TarReader(FileSlice.open(file, 0), "a.tar", 0)) {
            for (Optional<TarMember> member = tar.next(); member.isPresent(); member = tar.next())
                members.add(member.get());
        }
        assertThat(members).hasSize(3);
        for (final TarMember member : members) {
            try (TarReader tar = new TarReader(FileSlice.open(file, member.header()), "a.tar", member.header())) {
                assertThat(tar.next()).contains(member);
            }
        }
    }

    @Test
    void namesThatClimbOutAreOnlyNames() throws Exception {
        assertThat(list(new TarBytes().file("../../etc/passwd", "x").file("/etc/passwd", "y").end()))
                .containsExactly("../../etc/passwd=x", "/etc/passwd=y");
    }

    @Test
    void saysWhereAnArchiveIsCut() {
        final byte[] whole = new TarBytes().file("a", "x".repeat(600)).file("b", "y").end();
        for (final int length : new int[]{100, 511, 700, 1111, 1600, 2000, 2048})
            assertThatThrownBy(() -> list(Arrays.copyOf(whole, length))).isInstanceOf(IOException.class)
                    .hasMessageContaining("test.tar is cut");
    }

    /** GNU tar 1.35 and Python 3.13's tarfile list all members of each archive without an error. */
    @Test
    void anArchiveWithoutItsClosingBlocksEndsAfterItsLastMember() throws Exception {
        final byte[] whole = new TarBytes().file("a", "x".repeat(600)).file("b", "y").end();
        for (final int length : new int[]{1536, 2049, 2300, 2560, 3072, 3584}) {
            final List<String> found = new ArrayList<>();
            try (TarReader tar = new TarReader(new ByteArrayInputStream(Arrays.copyOf(whole, length)), "test.tar", 0)) {
                for (Optional<TarMember> member = tar.next(); member.isPresent(); member = tar.next())
                    found.add(member.get().name());
                assertThat(found).as("%d bytes", length)
                        .containsExactlyElementsOf(length == 1536 ? List.of("a") : List.of("a", "b"));
                assertThat(tar.end()).isEqualTo(length <= 2560 ? TarEnd.OPEN : TarEnd.CLOSED);
                assertThat(tar.next()).isEmpty();
            }
        }
    }

    @Test
    void saysWhatAFileIsThatIsNoTar() {
        for (final String start : List.of("PK\u0003\u0004=a ZIP archive", "7z\u00bc\u00af'\u001c=a 7z archive",
                "PAR1=a Parquet file", "PK\u0005\u0006=an empty ZIP archive", "Rar!\u001a\u0007\u0001\u0000=a RAR archive",
                "\u0004\"M\u0018=compressed with lz4", "\u0002!L\u0018=compressed with lz4", "LZIP\u0001=compressed with lzip",
                "\u001f\u009d\u0090=compressed with compress", "!<arch>\n=a Unix ar archive", "070701=a cpio archive",
                "<!DOCTYPE html>=a web page", "\n <!doctype html>=a web page", "<Error><Code>NoSuchKey=XML", "{\"error\":1}=JSON",
                "\u0093NUMPY\u0001=an array of NumPy", "version https://git-lfs.github.com=a pointer of Git LFS"))
            assertThatThrownBy(() -> list(Arrays.copyOf(
                    start.substring(0, start.indexOf('=')).getBytes(StandardCharsets.ISO_8859_1), 2048)))
                    .hasMessageContaining("test.tar is no tar but " + start.substring(start.indexOf('=') + 1));
    }

    @Test
    void showsHowAFileBeginsThatIsOfNoKnownKind() {
        assertThatThrownBy(() -> list("garbage before the tar".repeat(50).getBytes(StandardCharsets.US_ASCII)))
                .hasMessage("test.tar is no tar: it begins with \"garbage before t\"");
        assertThatThrownBy(() -> list(new byte[0])).hasMessage("test.tar is empty: 0 bytes");
    }

    /** GNU tar 1.35 and Python 3.13's tarfile stop at the first closing block, and say nothing of what follows. */
    @Test
    void tellsOfBytesAfterTheClosingBlocks() throws Exception {
        final byte[] one = new TarBytes().file("a", "x").end();
        for (final byte[] whole : List.of(new TarBytes().raw(one).file("b", "y").end(),
                new TarBytes().raw(new byte[512]).raw(one).end()))
            try (TarReader tar = new TarReader(new ByteArrayInputStream(whole), "test.tar", 0)) {
                while (tar.next().isPresent()) {
                    // to the end
                }
                assertThat(tar.end()).isEqualTo(TarEnd.GOES_ON);
            }
    }

    /** GNU tar 1.35 writes these headers with --sparse: the content leaves out the holes, and the real name stands elsewhere. */
    @Test
    void refusesSparseFilesOfEveryFormat() {
        for (final String record : List.of("GNU.sparse.major=1", "GNU.sparse.map=0,1", "GNU.sparse.numblocks=1")) {
            final String line = record.length() + 4 + " " + record + "\n";
            assertThatThrownBy(() -> list(new TarBytes().header("PaxHeader/a", Long.toOctalString(line.length()), 'x')
                    .raw(Arrays.copyOf(line.getBytes(StandardCharsets.US_ASCII), 512)).file("GNUSparseFile.1/a", "1\n0\n1\n")
                    .end()))
                    .hasMessageContaining("holds a sparse file").hasMessageContaining("without --sparse");
        }
        assertThatThrownBy(() -> list(new TarBytes().header("a", "0", 'S').end())).hasMessageContaining("holds a sparse file");
    }

    @Test
    void namesKeepTheirBytes() throws Exception {
        assertThat(list(new TarBytes().file("caf\u00e9", "x").end())).containsExactly("caf\udce9=x"); // TarBytes writes Latin-1
    }

    @Test
    void refusesHeadersThatLie() {
        final byte[] flipped = new TarBytes().file("a", "x").end();
        flipped[3] ^= 1;
        assertThatThrownBy(() -> list(flipped)).hasMessage("test.tar is damaged at byte 0: bad header checksum");
        assertThatThrownBy(() -> list(new TarBytes().header("a", "-0000000001", '0').end())).hasMessageContaining("no octal");
        assertThatThrownBy(() -> list(new TarBytes().header("a", "\u00ff".repeat(12), '0').end()))
                .hasMessageContaining("size is negative or too large");
        assertThatThrownBy(() -> list(new TarBytes().header("a", "\u0080\0\0\0\u007f" + "\u00ff".repeat(7), '0').end()))
                .hasMessageMatching(".*(too large|a size of).*");
        assertThatThrownBy(() -> list(new TarBytes().header("a", "77777777777", '0').end()))
                .hasMessage("test.tar: a has 8589934591 bytes, more than 1048576");
        assertThatThrownBy(() -> list(new TarBytes().header("a", "77777777777", 'L').end()))
                .hasMessageContaining("a name of 8589934591 bytes");
        assertThatThrownBy(() -> list(new TarBytes().header("a", "77777777777", 'x').end()))
                .hasMessageContaining("a name of 8589934591 bytes");
        assertThatThrownBy(() -> list(pax("99999999 path=a\n"))).hasMessageContaining("a pax record of 99999999 bytes");
        assertThatThrownBy(() -> list(pax("12 size=-12\n"))).hasMessageContaining("a pax size of -12");
    }

    @Test
    void refusesMoreThanTheCallerTakesAndReadsOn() throws Exception {
        final byte[] archive = new TarBytes().file("big", "x".repeat(5000)).file("small", "y").end();
        try (TarReader tar = new TarReader(new ByteArrayInputStream(archive), "test.tar", 0)) {
            final TarMember big = tar.next().orElseThrow();
            assertThatThrownBy(() -> tar.content(big, 4999)).hasMessage("test.tar: big has 5000 bytes, more than 4999");
            assertThat(tar.content(tar.next().orElseThrow(), 4999)).containsExactly('y');
        }
    }

    @Test
    void anyDamageEndsInAnIoException() throws IOException {
        final byte[] whole = new TarBytes().file("a.jpg", "x".repeat(600)).header("l", "00000000003", 'L').raw(new byte[512])
                .file("b", "y").raw(new byte[0]).end();
        final Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            final byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--)
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            try {
                assertThat(list(damaged)).hasSizeLessThanOrEqualTo(3);
            } catch (IOException expected) {
                assertThat(expected).hasMessageContaining("test.tar");
            }
        }
    }

    private static byte[] pax(String records) {
        return new TarBytes().header("x", Integer.toOctalString(records.length()), 'x')
                .raw(Arrays.copyOf(records.getBytes(StandardCharsets.UTF_8), 512)).file("a", "x").end();
    }

    private static List<String> list(byte[] archive) throws IOException {
        final List<String> found = new ArrayList<>();
        try (TarReader tar = new TarReader(new ByteArrayInputStream(archive), "test.tar", 0)) {
            for (Optional<TarMember> member = tar.next(); member.isPresent(); member = tar.next())
                found.add(member.get().name() + "=" + new String(tar.content(member.get(), 1 << 20), StandardCharsets.UTF_8));
        }
        return found;
    }
}
