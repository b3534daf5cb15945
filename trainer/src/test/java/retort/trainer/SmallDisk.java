package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Runs a program whose files may not grow beyond 64 KiB. Such a limit acts like a full disk, because both end a write in the middle, and it needs
 * no disk of its own.
 */
public final class SmallDisk {
    private SmallDisk() {
    }

    /** Makes room again for the process that calls it, as if files had been deleted. */
    public static void grow() {
        try {
            assertThat(new ProcessBuilder("prlimit", "--fsize=unlimited", "--pid", Long.toString(ProcessHandle.current().pid()))
                    .inheritIO()
                    .start().waitFor()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return the program's output, its log included, after its end with exit code 0 */
    public static String run(Class<?> main, String argument) throws IOException, InterruptedException {
        final Process process = new ProcessBuilder("bash", "-c", "ulimit -S -f 64; exec \"$@\"", "-",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), main.getName(), argument)
                .redirectErrorStream(true).start();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
