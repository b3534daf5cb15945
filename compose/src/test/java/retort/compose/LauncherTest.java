package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher itself, {@code compose/retort}, on this test's class path. Slim containers, cron and systemd set no locale. Java alone would
 * then read arguments and file names as ASCII, where Python 3.13 reads these folders.
 */
@EnabledOnOs(OS.LINUX)
class LauncherTest {
    private static final Path COMPOSE = Path.of(System.getProperty("retort.root"), "compose");

    @TempDir
    Path dir;

    @Test
    void readsNamesOfEveryEncodingWithoutALocale() throws Exception {
        write("%C3%BCmlaut/caf%C3%A9/%C3%BCber.png"); // UTF-8
        write("%C3%BCmlaut/%E8%B1%86/%F0%9F%98%80.png");
        write("%C3%BCmlaut/caf%E9/%FCber.png"); // Latin-1
        final String[] locales = {"", "LC_ALL=C", "LANG=POSIX"};
        for (final String locale : locales)
            assertThat(dryRun(locale)).as("with '%s'", locale).contains("  3 images, 0 would be rejected\n", "  3 classes\n",
                    "    caf\u00e9: 1\n", "    caf\\xE9: 1\n", "    \u8c46: 1\n");
    }

    @Test
    void theImageHasALocaleThatKeepsEveryName() throws Exception {
        assertThat(Files.readString(COMPOSE.resolve("Dockerfile"))).containsPattern("(?m)^ENV .*\\bLC_ALL=C\\.UTF-8\\b");
    }

    private String dryRun(String locale) throws IOException, InterruptedException {
        final Path home = Files.createDirectories(dir.resolve("home/lib")).getParent(); // an image has the launcher beside lib
        Files.copy(COMPOSE.resolve("retort"), home.resolve("retort"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        final ProcessBuilder launcher = new ProcessBuilder("bash", home.resolve("retort").toString(), "ingest", "--dry-run",
                "--contact-sheet", dir.resolve("sheet.png").toString(), "--set", "ingest.image=16", "--set",
                "ingest.streams=[train]", "--config",
                config().toString()).redirectError(dir.resolve("err.txt").toFile());
        launcher.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LANG"));
        if (!locale.isEmpty())
            launcher.environment().put(locale.substring(0, locale.indexOf('=')), locale.substring(locale.indexOf('=') + 1));
        launcher.environment().put("RETORT_JARS", System.getProperty("java.class.path"));
        launcher.environment().put("RETORT_JAVA", ProcessHandle.current().info().command().orElseThrow());
        launcher.environment().put("RETORT_JVM", "-XX:TieredStopAtLevel=1");
        final Process process = launcher.start();
        final String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(dir.resolve("err.txt"))).isZero();
        return out;
    }

    /** The path of the folder goes through the file, so that this JVM's own locale does not matter. */
    private Path config() throws IOException {
        return Files.write(dir.resolve("retort.conf"), List.of("ingest.source = \"folder:" + dir + "/\u00fcmlaut\""));
    }

    /** @param name path below {@code dir}, its bytes percent-encoded, because no text of Java holds every name */
    private void write(String name) throws IOException {
        final Path file = Path.of(URI.create(dir.toUri() + name));
        Files.createDirectories(file.getParent());
        final BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        final ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        Files.write(file, png.toByteArray());
    }
}
