package retort.ingest.source.cifar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.ingest.source.DataSource;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceException;
import retort.ingest.source.Sources;
import retort.ingest.source.Sources.Seen;

class CifarTest {
    @TempDir
    Path dir;

    private final Random random = new Random(1);

    @Test
    void readsTheFilesOfCifar10InTheirOrder() throws Exception {
        Files.writeString(dir.resolve("batches.meta.txt"), "airplane\nautomobile\nbird\n\n");
        final List<Seen> train = new ArrayList<>();
        for (int file = 1; file <= 5; file++)
            train.addAll(write("data_batch_" + file + ".bin", file, 1, train.size()));
        final List<Seen> test = write("test_batch.bin", 3, 1, 0);
        check("cifar10:" + dir, train, "airplane", "automobile", "bird");
        check("cifar10:" + dir + "?split=test", test, "airplane", "automobile", "bird");
    }

    @Test
    void readsTheFineLabelsOfCifar100() throws Exception {
        Files.writeString(dir.resolve("fine_label_names.txt"), "apple\naquarium_fish\nbaby\n");
        check("cifar100:" + dir + "?split=train", write("train.bin", 7, 2, 0), "apple", "aquarium_fish", "baby");
        check("cifar100:" + dir + "?split=test", write("test.bin", 2, 2, 0), "apple", "aquarium_fish", "baby");
    }

    @Test
    void handsOutRowsOfPixelsWherePlanesWere() throws Exception {
        Files.writeString(dir.resolve("batches.meta.txt"), "only\n");
        final byte[] record = new byte[1 + 3072];
        record[1 + 5] = 1; // red of row 0, column 5
        record[1 + 1024 + 32] = 2; // green of row 1, column 0
        record[1 + 2048 + 1023] = 3; // blue of the last pixel
        Files.write(dir.resolve("test_batch.bin"), record);
        try (DataSource source = Sources.open("cifar10:" + dir + "?split=test")) {
            final Sample.Pixels pixels = (Sample.Pixels) ((IndexedSource) source).read(0).content();
            assertThat(pixels.height()).isEqualTo(32);
            assertThat(pixels.width()).isEqualTo(32);
            assertThat(pixels.channels()).isEqualTo(3);
            final byte[] expected = new byte[3072];
            expected[5 * 3] = 1;
            expected[32 * 3 + 1] = 2;
            expected[3071] = 3;
            assertThat(pixels.bytes()).isEqualTo(expected);
        }
    }

    @Test
    void refusesFilesThatAreCutMissingOrLabelledWrongly() throws Exception {
        assertThatThrownBy(() -> Sources.open("cifar10:" + dir)).isInstanceOf(SourceException.class)
                .hasMessageContaining("batches.meta.txt");
        Files.writeString(dir.resolve("batches.meta.txt"), "airplane\nautomobile\nbird\n");
        assertThatThrownBy(() -> Sources.open("cifar10:" + dir + "?split=test")).isInstanceOf(SourceException.class)
                .hasMessageContaining("there is no " + dir + "/test_batch.bin");
        Files.write(dir.resolve("test_batch.bin"), new byte[3073 + 3072]);
        assertThatThrownBy(() -> Sources.open("cifar10:" + dir + "?split=test")).isInstanceOf(SourceException.class)
                .hasMessageContaining("test_batch.bin is cut: 6145 bytes are not a number of records of 3073");
        final byte[] wrong = new byte[2 * 3073];
        wrong[3073] = 3;
        Files.write(dir.resolve("test_batch.bin"), wrong);
        assertThatThrownBy(() -> Sources.open("cifar10:" + dir + "?split=test"))
                .hasMessageContaining("record 1 of test_batch.bin has label 3, and there are names of 3 classes");
    }

    @Test
    void readsTheFolderOfTheArchive() throws Exception {
        final Path unpacked = Files.createDirectory(dir.resolve("cifar-10-batches-bin"));
        Files.writeString(unpacked.resolve("batches.meta.txt"), "a\nb\nc\n");
        write("test_batch.bin", 3, 1, 0);
        Files.move(dir.resolve("test_batch.bin"), unpacked.resolve("test_batch.bin"));
        final Path list = Files.writeString(dir.resolve("names.txt"), "eins\nzwei\ndrei\n");
        try (DataSource source = Sources.open("cifar10:" + dir + "?split=test&classes=" + list)) {
            assertThat(source.classNames()).containsExactly("eins", "zwei", "drei");
            assertThat(Sources.walk(source)).hasSize(3);
            assertThat(source.findings().listing()).isPresent();
        }
        final List<Integer> own;
        try (DataSource source = Sources.open("cifar10:" + dir + "?split=test")) {
            own = Sources.walk(source).stream().map(Seen::label).toList();
        }
        Files.writeString(list, "c\na\nextra\nb\n");
        try (DataSource source = Sources.open("cifar10:" + dir + "?split=test&classes=" + list)) {
            assertThat(source.classNames()).containsExactly("c", "a", "extra", "b");
            assertThat(Sources.walk(source)).as("a list that holds the set's own names reorders them").extracting(Seen::label)
                    .containsExactlyElementsOf(own.stream().map(label -> List.of(1, 3, 0).get(label)).toList());
        }
    }

    private static void check(String uri, List<Seen> expected, String... classNames) throws Exception {
        try (DataSource source = Sources.open(uri)) {
            assertThat(source.classNames()).containsExactly(classNames);
            assertThat(Sources.walk(source)).isEqualTo(expected);
            Sources.resumesAnywhere(source, expected, 1);
        }
    }

    private List<Seen> write(String name, int records, int labelBytes, int firstId) throws IOException {
        final ByteArrayOutputStream file = new ByteArrayOutputStream();
        final List<Seen> samples = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            final byte[] record = new byte[labelBytes + 3072];
            random.nextBytes(record);
            record[labelBytes - 1] = (byte) random.nextInt(3);
            file.writeBytes(record);
            final byte[] pixels = new byte[3072];
            for (int at = 0; at < 3072; at++)
                pixels[at] = record[labelBytes + at % 3 * 1024 + at / 3];
            samples.add(Seen.of(new Sample(firstId + i, name + "#" + i, record[labelBytes - 1],
                    new Sample.Pixels(Arrays.copyOf(pixels, 3072), 0, 32, 32, 3))));
        }
        Files.write(dir.resolve(name), file.toByteArray());
        return samples;
    }
}
