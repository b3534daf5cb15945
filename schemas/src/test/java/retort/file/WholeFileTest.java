package retort.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    private static final byte[] OLD = "old".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    @Test
    void replacesAFileWhileAnotherHasItMapped() throws IOException {
        final Path file = Files.write(folder.resolve("weights"), OLD);
        try (FileChannel channel = FileChannel.open(file)) {
            final ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());

            WholeFile.write(file, new byte[]{1});

            assertThat(mapped).isEqualTo(ByteBuffer.wrap(OLD));
        }
        assertThat(file).hasBinaryContent(new byte[]{1});
        assertThat(names()).containsExactly("weights");
    }

    @Test
    void keepsTheOldFileWhereTheContentCannotBeWritten() throws IOException {
        final Path file = Files.write(folder.resolve("weights"), OLD);

        assertThatThrownBy(() -> WholeFile.write(file, channel -> {
            channel.write(ByteBuffer.allocate(10));
            throw new IOException("No space left on device");
        })).isInstanceOf(IOException.class).hasMessageContaining(file.toString()).hasMessageContaining("No space left on device")
                .hasMessageContaining("make room there, or write to another disk");
        assertThatThrownBy(() -> WholeFile.write(file, channel -> {
            throw new IllegalStateException("the tensor is broken");
        })).hasMessage("the tensor is broken");

        assertThat(file).hasBinaryContent(OLD);
        assertThat(names()).containsExactly("weights");
    }

    @Test
    void tellsOfARealFullDisk() throws Exception {
        final Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(mounts("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()),
                "only root can mount a small disk; the others have the test above");
        try {
            final Path file = disk.resolve("weights");
            WholeFile.write(file, OLD);

            assertThatThrownBy(() -> WholeFile.write(file, new byte[1 << 17])).isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left on device").hasMessageContaining("make room there");

            assertThat(file).hasBinaryContent(OLD);
            try (Stream<Path> left = Files.list(disk)) {
                assertThat(left).containsExactly(file);
            }
        } finally {
            mounts("umount", disk.toString());
        }
    }

    @Test
    void followsALinkAndLeavesItALink() throws IOException {
        final Path file = Files.write(folder.resolve("weights"), OLD);
        final Path link = Files.createSymbolicLink(folder.resolve("latest"), file.getFileName());

        WholeFile.write(link, new byte[]{2});

        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(file).hasBinaryContent(new byte[]{2});
    }

    @Test
    void refusesWhatIsNoPlaceForAFile() throws IOException {
        assertThatThrownBy(() -> WholeFile.write(folder, OLD)).hasMessageContaining("it is a folder");
        assertThatThrownBy(() -> WholeFile.write(Path.of("/dev/null"), OLD)).hasMessageContaining("it is no regular file");
        final Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nowhere"));
        assertThatThrownBy(() -> WholeFile.write(dangling, OLD)).hasMessageContaining("which does not exist");
    }

    @Test
    void sweepsWhatAKilledWriterLeftAndNothingOfAWriterThatLives() throws Exception {
        final Path file = folder.resolve("weights");
        Files.write(folder.resolve(".weights.1-a.aside"), OLD); // nobody holds a lock on it
        final Process living = start(Holder.class, file);
        living.getInputStream().read(); // waits until it writes
        final List<String> held = names().stream().filter(name -> !name.contains("1-a")).toList();

        WholeFile.write(file, OLD);
        assertThat(names()).hasSize(2).containsAll(held).contains("weights");
        living.destroyForcibly().waitFor();
        WholeFile.write(file, OLD);
        assertThat(names()).containsExactly("weights");
    }

    /** Writes a file and never ends. */
    static final class Holder {
        public static void main(String[] file) throws IOException {
            WholeFile.write(Path.of(file[0]), channel -> {
                System.out.println("begun");
                try {
                    Thread.sleep(Long.MAX_VALUE);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            });
        }
    }

    /** Kills a process that replaces one file again and again, at random moments. */
    @Test
    void leavesTheOldFileOrTheNewOneWhereItsWriterIsKilled() throws Exception {
        final Path file = folder.resolve("weights");
        final SplittableRandom random = new SplittableRandom(12);
        for (int kill = 0; kill < 4; kill++) {
            WholeFile.write(file, new byte[Replacer.BYTES]);
            final Process writer = start(Replacer.class, file);
            writer.getInputStream().read(); // waits until the writer has begun
            writer.waitFor(random.nextInt(40), TimeUnit.MILLISECONDS);
            writer.destroyForcibly().waitFor();

            final byte[] found = Files.readAllBytes(file);
            assertThat(found).hasSize(Replacer.BYTES);
            for (final byte each : found)
                if (each != found[0])
                    throw new AssertionError("a file of " + found[0] + " and " + each);
        }
    }

    private static Process start(Class<?> main, Path file) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), main.getName(), file.toString())
                .redirectErrorStream(true).start();
    }

    static final class Replacer {
        static final int BYTES = 1 << 20;

        public static void main(String[] file) throws IOException {
            System.out.println("begun");
            for (byte round = 1;; round++) {
                final byte[] bytes = new byte[BYTES];
                java.util.Arrays.fill(bytes, round);
                WholeFile.write(Path.of(file[0]), bytes);
            }
        }
    }

    private static boolean mounts(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                .waitFor() == 0;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
