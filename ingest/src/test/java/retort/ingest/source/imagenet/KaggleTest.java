package retort.ingest.source.imagenet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.ingest.source.DataSource;
import retort.ingest.source.SourceException;
import retort.ingest.source.Sources;
import retort.ingest.source.Sources.Seen;
import retort.ingest.source.TinyImages;

class KaggleTest {
    private static final List<String> SYNSETS = List.of("n01440764", "n01443537", "n01484850");

    @TempDir
    Path dir;

    private Path images;

    @BeforeEach
    void writeTables() throws IOException {
        images = dir.resolve("ILSVRC/Data/CLS-LOC");
        Files.writeString(dir.resolve("LOC_synset_mapping.txt"),
                "n01443537 goldfish, Carassius auratus\nn01440764 tench, Tinca tinca\nn01484850 great white shark\n");
        Files.writeString(dir.resolve("LOC_val_solution.csv"), """
                ImageId,PredictionString
                ILSVRC2012_val_00000003,n01440764 85 1 499 272
                ILSVRC2012_val_00000001,n01484850 131 0 499 254 n01484850 1 2 3 4
                ILSVRC2012_val_00000002,n01443537 0 0 10 10
                """);
    }

    @Test
    void readsTrainFolders() throws Exception {
        final List<Seen> expected = new ArrayList<>();
        for (int label = 0; label < 3; label++)
            for (int i = 0; i < 2; i++) {
                final Path file = images.resolve("train").resolve(SYNSETS.get(label))
                        .resolve(SYNSETS.get(label) + "_" + i + ".JPEG");
                final byte[] image = TinyImages.jpeg(expected.size());
                write(file, image);
                expected.add(Seen.encoded(expected.size(), file.toString(), label, image));
            }
        try (DataSource source = Sources.open("kaggle:" + dir)) {
            assertThat(source.classNames()).isEqualTo(SYNSETS);
            assertThat(Sources.walk(source)).isEqualTo(expected);
            Sources.resumesAnywhere(source, expected, 1);
        }
        Files.createDirectory(images.resolve("train/n09999999"));
        assertThatThrownBy(() -> Sources.open("kaggle:" + dir)).isInstanceOf(SourceException.class)
                .hasMessageContaining("has 4 folders, which are not the 3 synsets of LOC_synset_mapping.txt");
    }

    @Test
    void readsValidationImagesByTheSolution() throws Exception {
        final int[] labels = {2, 1, 0};
        final List<Seen> expected = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            final Path file = images.resolve("val").resolve("ILSVRC2012_val_0000000" + (i + 1) + ".JPEG");
            final byte[] image = TinyImages.jpeg(i);
            write(file, image);
            expected.add(Seen.encoded(i, file.toString(), labels[i], image));
        }
        try (DataSource source = Sources.open("kaggle:" + dir + "?split=val")) {
            assertThat(source.classNames()).isEqualTo(SYNSETS);
            assertThat(Sources.walk(source)).isEqualTo(expected);
            Sources.resumesAnywhere(source, expected, 2);
            Files.delete(images.resolve("val/ILSVRC2012_val_00000002.JPEG"));
            assertThat(Sources.walk(source).get(1).content()).contains("ILSVRC2012_val_00000002.JPEG is not there");
        }
    }

    @Test
    void readsWhatSpreadsheetsMakeOfTheTables() throws Exception {
        for (int i = 1; i < 4; i++)
            write(images.resolve("val/ILSVRC2012_val_0000000" + i + ".JPEG"), TinyImages.jpeg(i));
        write(images.resolve("val/ILSVRC2012_val_00000009.JPEG"), TinyImages.jpeg(9));
        final String mapping = Files.readString(dir.resolve("LOC_synset_mapping.txt"));
        final String solution = Files.readString(dir.resolve("LOC_val_solution.csv"));
        for (final String[] tables : new String[][]{{"\ufeff" + mapping, "\ufeff" + solution},
                {mapping.replace("\n", "\r\n"), solution.replace("\n", "\r\n")},
                {mapping, solution.replaceAll("(?m)^(ILSVRC\\w+),(.*)$", "\"$1\",\"$2\"")},
                {mapping, solution.replaceAll("(?m)^(ILSVRC\\w+),", " $1.JPEG , ")},
                {mapping, solution.substring(solution.indexOf('\n') + 1)}}) {
            Files.writeString(dir.resolve("LOC_synset_mapping.txt"), tables[0]);
            Files.writeString(dir.resolve("LOC_val_solution.csv"), tables[1]);
            try (DataSource source = Sources.open("kaggle:" + dir + "?split=val")) {
                assertThat(Sources.walk(source)).as(tables[1]).extracting(Seen::label).containsExactly(2, 1, 0);
                assertThat(source.findings().passedOver().counts())
                        .isEqualTo(java.util.Map.of("image that LOC_val_solution.csv does not name", 1L));
            }
        }
        Files.writeString(dir.resolve("LOC_val_solution.csv"), solution + "ILSVRC2012_val_00000001,n01440764 1 2 3 4\n");
        assertThatThrownBy(() -> Sources.open("kaggle:" + dir + "?split=val")).isInstanceOf(SourceException.class)
                .hasMessageContaining("gives ILSVRC2012_val_00000001 two classes");
    }

    @Test
    void namesTheTableThatIsMissingOrDamaged() throws Exception {
        Files.createDirectories(images.resolve("val"));
        Files.writeString(dir.resolve("LOC_val_solution.csv"), "ImageId,PredictionString\n../../etc/passwd,n01440764 1 2 3 4\n");
        assertThatThrownBy(() -> Sources.open("kaggle:" + dir + "?split=val")).isInstanceOf(SourceException.class)
                .hasMessageContaining("'../../etc/passwd,n01440764 1 2 3 4' is not ImageId,PredictionString");
        Files.writeString(dir.resolve("LOC_val_solution.csv"), "ImageId,PredictionString\nx,n09999999 1 2 3 4\n");
        assertThatThrownBy(() -> Sources.open("kaggle:" + dir + "?split=val")).hasMessageContaining("n09999999 is not in");
        Files.delete(dir.resolve("LOC_synset_mapping.txt"));
        assertThatThrownBy(() -> Sources.open("kaggle:" + dir + "?split=val")).isInstanceOf(SourceException.class)
                .hasMessageContaining("there is no " + dir.resolve("LOC_synset_mapping.txt"));
        assertThatThrownBy(() -> Sources.open("kaggle:" + dir)).hasMessageContaining("there is no folder");
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }
}
