package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileNameTest {
    /** Expects the result of {@code sorted(names)} in Python 3.13. Java's own order puts the last two before U+E000. */
    @Test
    void ordersByCodePointsAsPythonDoes() {
        final List<String> sorted = List.of("", "10", "9", "Z", "a", "zz", "\u00e9", "\u8c46", "\u8c461", "\ue000", "\uff5a",
                "\uffee", "\ud800\udc00", "\ud83d\ude00");
        final List<String> shuffled = new ArrayList<>(sorted);
        java.util.Collections.shuffle(shuffled, new java.util.Random(1));
        shuffled.sort(FileName.ORDER);
        assertThat(shuffled).isEqualTo(sorted);
    }

    /** Expects {@code sorted(map(os.fsdecode, ...))} of Python 3.13, where bytes that are not UTF-8 are U+DC80 to U+DCFF. */
    @Test
    void ordersBytesThatAreNotUtf8AsPythonDoes() {
        final List<String> sorted = List.of("cafz", "caf\u00e9", "caf\u8c46", "caf\udce9", "caf\udcff", "caf\ue000",
                "caf\ud83d\ude00");
        final List<String> shuffled = new ArrayList<>(sorted);
        java.util.Collections.shuffle(shuffled, new java.util.Random(2));
        shuffled.sort(FileName.ORDER);
        assertThat(shuffled).isEqualTo(sorted);
    }

    @Test
    void keepsEveryByte() {
        final byte[] all = new byte[256 * 3];
        for (int i = 0; i < 256; i++) {
            all[3 * i] = (byte) i;
            all[3 * i + 1] = (byte) (0xE2 + i);
            all[3 * i + 2] = (byte) (0x82 ^ i);
        }
        assertThat(FileName.encode(FileName.decode(all))).isEqualTo(all);
        assertThat(FileName.shown(FileName.decode(new byte[]{'c', (byte) 0xE9, '.', (byte) 0xC3, (byte) 0xA9})))
                .isEqualTo("c\\xE9.\u00e9");
        assertThat(FileName.shown("\ud83d\ude80 is no byte")).isEqualTo("\ud83d\ude80 is no byte");
    }

    @Test
    void namesThatPythonOrWindowsWroteInLatin1AreFoundAgain(@TempDir Path dir) throws Exception {
        final Path folder = dir.resolve(FileName.path("caf\udce9"));
        Files.createDirectory(folder);
        Files.writeString(folder.resolve(FileName.path("\udcfcber.jpg")), "latin");
        try (var entries = Files.list(folder)) {
            final Path file = entries.findFirst().orElseThrow();
            assertThat(FileName.of(file)).isEqualTo("\udcfcber.jpg");
            assertThat(FileName.of(folder)).isEqualTo("caf\udce9");
            assertThat(Files.readString(folder.resolve(FileName.path(FileName.of(file))))).isEqualTo("latin");
        }
    }

    /** Slim containers, cron and systemd set no locale. Java then decodes file names as ASCII. Python 3.13 reads all of these names. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aJvmWithoutALocaleReadsTheSameSamples(@TempDir Path dir) throws Exception {
        for (final String name : List.of("caf\u00e9/\u00fcber.jpg", "\u8c46/\ud83d\ude00.png", "plain/a.jpg",
                "caf\udce9/\udcfcber.jpg",
                "\u00e4\u00f6/deep/\u00df/x.webp")) {
            final Path file = dir.resolve(FileName.path(name));
            Files.createDirectories(file.getParent());
            Files.writeString(file, name.replaceAll("[\udc80-\udcff]", "byte"));
        }
        final String here = ListFolder.list(dir.toString());
        assertThat(here).contains("caf\u00e9", "\u00fcber.jpg", "caf\\xE9").hasLineCount(6);
        for (final String locale : List.of("C", "POSIX", "C.UTF-8"))
            assertThat(child(locale, dir)).as(locale).isEqualTo(here);
    }

    private static String child(String locale, Path dir) throws IOException, InterruptedException {
        final ProcessBuilder java = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1", "-Dstdout.encoding=UTF-8", "-cp", System.getProperty("java.class.path"),
                ListFolder.class.getName(), dir.toString()).redirectError(ProcessBuilder.Redirect.INHERIT);
        java.environment().remove("LANG");
        java.environment().put("LC_ALL", locale);
        final Process process = java.start();
        final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return out;
    }

    /** Prints the classes and samples of a folder. */
    static final class ListFolder {
        public static void main(String[] args) throws Exception {
            System.out.print(list(args[0]));
        }

        static String list(String dir) throws Exception {
            try (DataSource source = Sources.open("folder:" + dir)) {
                final StringBuilder text = new StringBuilder(String.join(",", source.classNames())).append('\n');
                for (final Sources.Seen seen : Sources.walk(source))
                    text.append(seen.label()).append(' ').append(seen.name()).append(' ').append(seen.content()).append('\n');
                return text.toString();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
