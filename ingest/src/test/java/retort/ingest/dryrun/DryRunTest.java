package retort.ingest.dryrun;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.ingest.source.TinyImages;
import retort.settings.Settings;

class DryRunTest {
    @TempDir
    private Path dir;

    private final List<String> shown = new CopyOnWriteArrayList<>();

    @Test
    void reportsCountsClassesSizesAndWhatWouldBeRejected() throws Exception {
        for (int i = 0; i < 40; i++)
            write("data/" + (i % 4 == 0 ? "cat" : "dog") + "/" + i + ".png", TinyImages.png(i));
        write("data/cat/cut.jpg", Arrays.copyOf(TinyImages.jpeg(1), 40));
        write("data/dog/page.png", "<html>not found".getBytes(StandardCharsets.US_ASCII));

        final String report = run("a.png", 0);

        assertThat(report).contains("  40 images, 2 would be rejected\n", "  width 8 to 8 (mean 8), height 6 to 6 (mean 6)\n",
                "  2 classes\n    cat: 10\n    dog: 30\n", "  would be rejected: ", "cut.jpg: ", "page.png: ",
                "contact sheet: " + dir.resolve("a.png").toAbsolutePath());
        assertThat(shown).last().asString().endsWith("40 images, 2 would be rejected");
        final BufferedImage sheet = ImageIO.read(dir.resolve("a.png").toFile());
        assertThat(sheet.getWidth()).isEqualTo(8 * (16 + 2));
        assertThat(sheet.getHeight()).isEqualTo(5 * (16 + 2));
        assertThat(run("b.png", 0).replace("b.png", "a.png")).as("another time").isEqualTo(report);
        assertThat(dir.resolve("b.png")).hasSameBinaryContentAs(dir.resolve("a.png"));
    }

    @Test
    void aSourceWithoutAnyImageThatCanBeUsedFails() throws Exception {
        write("data/cat/page.png", "<html>not found".getBytes(StandardCharsets.US_ASCII));

        assertThat(run("a.png", 1)).contains("  0 images, 1 would be rejected\n").doesNotContain("contact sheet");
        assertThat(dir.resolve("a.png")).doesNotExist();
    }

    /** Labels are numbered by each folder alone: without bee in the validation folder, cow has the number 1 there and 2 in training. */
    @Test
    void saysHowTheClassesOfTrainingAndValidationDiffer() throws Exception {
        for (final String name : List.of("ant", "bee", "cow"))
            write("data/" + name + "/1.png", TinyImages.png(1));
        write("val/ant/1.png", TinyImages.png(2));
        write("val/cow/1.png", TinyImages.png(3));
        write("same/ant/1.png", TinyImages.png(4));
        for (final String name : List.of("bee", "cow"))
            write("same/" + name + "/1.png", TinyImages.png(5));

        for (final List<String> order : List.of(List.of("train", "val", "probe"), List.of("val", "probe", "train"))) {
            assertThat(together(order, "val")).as("%s", order)
                    .contains(
                            "classes of ingest.val.source are matched by name with those of ingest.source: 2 of 3, without images of bee");
            assertThat(together(order, "same")).doesNotContain("by name");
        }
        write("val/dee/1.png", TinyImages.png(6));
        for (final List<String> order : List.of(List.of("train", "val", "probe"), List.of("val", "train")))
            assertThat(together(order, "val")).as("%s", order)
                    .contains("cannot be matched by name with those of ingest.source, and the evaluator will not score them: "
                            + "dee unknown there, known are ant, bee, cow. Give both sources the same list with classes=FILE");
    }

    private String together(List<String> streams, String val) throws Exception {
        return run("a.png", 0, Map.of("ingest.streams", streams, "ingest.val.source", "folder:" + dir.resolve(val)));
    }

    @Test
    void aSourceThatIngestWouldRefuseForItsRejectedSamplesFails() throws Exception {
        for (int i = 0; i < 3; i++)
            write("data/cat/" + i + ".png", TinyImages.png(i));
        for (int i = 0; i < 4; i++)
            write("data/dog/" + i + ".png", "<html>not found".getBytes(StandardCharsets.US_ASCII));

        assertThat(run("a.png", 1)).contains("  3 images, 4 would be rejected\n", "  ingest would stop: stream train, epoch 0",
                "ingest.max-rejected = 0.5", "raise ingest.max-rejected");
    }

    private String run(String sheet, int exitCode) throws Exception {
        return run(sheet, exitCode, Map.of());
    }

    private String run(String sheet, int exitCode, Map<String, Object> more) throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final var settings = Settings.over(ConfigFactory.parseMap(more)
                .withFallback(ConfigFactory.parseMap(Map.of("ingest.source", "folder:" + dir.resolve("data"),
                        "ingest.streams", List.of("train"), "ingest.image", 16, "ingest.threads", 4,
                        "ingest.images-per-record", 3))));
        try (PrintStream printed = new PrintStream(out, false, StandardCharsets.UTF_8)) {
            assertThat(DryRun.run(settings, dir.resolve(sheet), printed, shown::add)).isEqualTo(exitCode);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private void write(String name, byte[] bytes) throws IOException {
        final Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }
}
