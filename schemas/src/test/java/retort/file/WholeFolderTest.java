package retort.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFolderTest {
    @TempDir
    Path parent;

    @Test
    void createsAndReplacesAFolderAndLeavesNothingAside() throws IOException {
        final Path place = parent.resolve("model");
        final Path link = Files.createSymbolicLink(parent.resolve("latest"), Path.of("model"));

        WholeFolder.write(place, _ -> false, folder -> WholeFile.write(folder.resolve("a"), new byte[]{1}));
        WholeFolder.write(link, _ -> true, folder -> WholeFile.write(folder.resolve("b"), new byte[]{2}));

        assertThat(place.resolve("a")).doesNotExist();
        assertThat(place.resolve("b")).hasBinaryContent(new byte[]{2});
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(names(parent)).containsExactlyInAnyOrder("model", "latest");
    }

    @Test
    void keepsTheOldFolderIfItIsNotToBeReplacedOrTheNewOneFails() throws IOException {
        final Path place = Files.createDirectory(parent.resolve("model"));
        Files.write(place.resolve("a"), new byte[]{1});

        assertThatThrownBy(() -> WholeFolder.write(place, _ -> false, _ -> {
        })).isInstanceOf(IOException.class).hasMessageContaining(place + " exists already");
        assertThatThrownBy(() -> WholeFolder.write(place, _ -> true, folder -> {
            Files.write(folder.resolve("b"), new byte[]{2});
            throw new IOException("No space left on device");
        })).isInstanceOf(IOException.class)
                .hasMessageStartingWith(place + " cannot be written: No space left on device: make room there");
        assertThatThrownBy(() -> WholeFolder.write(place.resolve("a"), _ -> true, _ -> {
        })).hasMessageContaining("exists already");

        assertThat(names(place)).containsExactly("a");
        assertThat(names(parent)).containsExactly("model");
    }

    /** Kills a process that replaces one folder again and again, at random moments. */
    @Test
    void leavesTheOldFolderOrTheNewOneIfItsWriterIsKilled() throws Exception {
        final Path place = parent.resolve("model");
        final SplittableRandom random = new SplittableRandom(12);
        Replacer.write(place, (byte) 0);
        for (int kill = 0; kill < 6; kill++) {
            final Process writer = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp",
                    System.getProperty("java.class.path"), Replacer.class.getName(), place.toString()).redirectErrorStream(true)
                    .start();
            writer.getInputStream().read(); // waits until the writer has begun
            assertThat(writer.waitFor(random.nextInt(60), TimeUnit.MILLISECONDS)).isFalse();
            writer.destroyForcibly().waitFor();

            assertThat(names(place)).containsExactlyInAnyOrder("a", "b");
            assertThat(Files.readAllBytes(place.resolve("a"))).isEqualTo(Files.readAllBytes(place.resolve("b")));
        }
        Replacer.write(place, (byte) 1);
        assertThat(names(parent)).containsExactly("model");
    }

    static final class Replacer {
        public static void main(String[] place) throws IOException {
            System.out.println("begun");
            for (byte round = 1;; round++)
                write(Path.of(place[0]), round);
        }

        private static void write(Path place, byte value) throws IOException {
            final byte[] bytes = new byte[1 << 16];
            java.util.Arrays.fill(bytes, value);
            WholeFolder.write(place, _ -> true, folder -> {
                WholeFile.write(folder.resolve("a"), bytes);
                WholeFile.write(folder.resolve("b"), bytes);
            });
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
