package retort.ingest.source.imagenet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.ingest.source.DataSource;
import retort.ingest.source.SourceException;
import retort.ingest.source.Sources;
import retort.ingest.source.Sources.Seen;
import retort.ingest.source.TinyImages;
import retort.ingest.source.tar.TarBytes;

class ImageNetTarTest {
    private static final List<String> SYNSETS = List.of("n01440764", "n02100735", "n02119789", "n03207941");

    @TempDir
    Path dir;

    @Test
    void readsTheTrainArchiveOfArchivesInPlace() throws Exception {
        final List<Seen> expected = writeTrain();
        try (DataSource source = Sources.open("imagenet-tar:" + dir)) {
            assertThat(source.classNames()).isEqualTo(SYNSETS);
            assertThat(Sources.walk(source)).isEqualTo(expected);
            Sources.resumesAnywhere(source, expected, 1);
        }
    }

    @Test
    void mapsTheGroundTruthOfValidationImagesThroughTheDevkit() throws Exception {
        final List<Seen> expected = writeValidation("1 2 3 4 3 1".split(" "));
        writeDevkit(MatFileTest.fixture("meta.mat"), "1\n2\n3\n4\n3\n1\n");
        try (DataSource source = Sources.open("imagenet-tar:" + dir + "?split=val")) {
            assertThat(source.classNames()).isEqualTo(SYNSETS);
            assertThat(Sources.walk(source)).isEqualTo(expected);
            assertThat(expected).extracting(Seen::label).containsExactly(2, 1, 0, 3, 0, 2);
            Sources.resumesAnywhere(source, expected, 2);
        }
    }

    @Test
    void refusesADevkitThatIsDamagedMissingOrOfAnotherSet() throws Exception {
        writeValidation("1", "2");
        final String uri = "imagenet-tar:" + dir + "?split=val";
        assertThatThrownBy(() -> Sources.open(uri)).isInstanceOf(SourceException.class)
                .hasMessageContaining("ILSVRC2012_devkit_t12.tar.gz is not there");
        writeDevkit(MatFileTest.fixture("meta.mat"), "1\n2\n3\n");
        assertThatThrownBy(() -> Sources.open(uri)).isInstanceOf(SourceException.class)
                .hasMessageContaining("holds 2 images, ILSVRC2012_devkit_t12.tar.gz has classes for 3");
        writeDevkit(MatFileTest.fixture("meta.mat"), "1\n5\n");
        assertThatThrownBy(() -> Sources.open(uri)).hasMessageContaining("line 2 is not the ILSVRC2012_ID of a class");
        writeDevkit(MatFileTest.fixture("meta.mat"), "1\n-7\n");
        assertThatThrownBy(() -> Sources.open(uri)).hasMessageContaining("line 2 is not the ILSVRC2012_ID of a class");
        writeDevkit(new byte[500], "1\n2\n");
        assertThatThrownBy(() -> Sources.open(uri)).hasMessageContaining("data/meta.mat: it is no MAT file of level 5");
        final Path devkit = dir.resolve("ILSVRC2012_devkit_t12.tar.gz");
        Files.write(devkit, Arrays.copyOf(Files.readAllBytes(devkit), 200));
        assertThatThrownBy(() -> Sources.open(uri)).isInstanceOf(SourceException.class).hasMessageContaining("fetch it again");
        Files.writeString(devkit, "<html>not found</html>");
        assertThatThrownBy(() -> Sources.open(uri)).isInstanceOf(SourceException.class).hasMessageContaining("fetch it again");
    }

    @Test
    void refusesArchivesThatAreCutOrMissing() throws Exception {
        assertThatThrownBy(() -> Sources.open("imagenet-tar:" + dir)).isInstanceOf(SourceException.class)
                .hasMessageContaining("there is no " + dir + "/ILSVRC2012_img_train.tar");
        assertThatThrownBy(() -> Sources.open("imagenet-tar:" + dir + "?split=test")).hasMessageContaining("[train, val]");
        assertThatThrownBy(() -> Sources.open("imagenet-tar:" + dir + "/none")).hasMessageContaining("no folder is there");
        writeTrain();
        final Path train = dir.resolve("ILSVRC2012_img_train.tar");
        final byte[] whole = Files.readAllBytes(train);
        Files.write(train, Arrays.copyOf(whole, whole.length - 2048));
        assertThatThrownBy(() -> Sources.open("imagenet-tar:" + dir)).isInstanceOf(SourceException.class)
                .hasMessageContaining("ILSVRC2012_img_train.tar is cut");
        // an inner archive without its closing blocks; GNU tar 1.35 and Python 3.13 read it
        Files.write(train, new TarBytes().file("n01440764.tar", new TarBytes().file("a.JPEG", "x").unfinished()).end());
        try (DataSource source = Sources.open("imagenet-tar:" + dir)) {
            assertThat(Sources.walk(source)).hasSize(1);
            assertThat(source.findings().remarks())
                    .containsExactly(
                            "1 archives have no closing blocks, as a tar has that was cut between two members: n01440764.tar");
        }
        // an inner archive that claims to end later than it does
        Files.write(train,
                new TarBytes().file("n01440764.tar", Arrays.copyOf(new TarBytes().file("a.JPEG", "x".repeat(900)).end(), 1024))
                        .end());
        assertThatThrownBy(() -> Sources.open("imagenet-tar:" + dir)).isInstanceOf(SourceException.class)
                .hasMessageContaining("ILSVRC2012_img_train.tar/n01440764.tar is cut");
        Files.write(train, new TarBytes().file("readme.txt", "x").end());
        assertThatThrownBy(() -> Sources.open("imagenet-tar:" + dir)).hasMessageContaining("holds no archive of a synset");
    }

    /** Writes synsets in an order that differs from the order of their names, as in the real archive, with two or three images each. */
    private List<Seen> writeTrain() throws IOException {
        final TarBytes outer = new TarBytes();
        final List<List<Seen>> bySynset = new ArrayList<>(List.of(List.of(), List.of(), List.of(), List.of()));
        int number = 0;
        for (final int label : new int[]{2, 0, 3, 1}) {
            final TarBytes inner = new TarBytes();
            final List<Seen> images = new ArrayList<>();
            for (int i = 0; i < 2 + label % 2; i++, number++) {
                final String name = SYNSETS.get(label) + "_" + (40 - i) + ".JPEG";
                final byte[] image = number == 3 ? TinyImages.png(number) : TinyImages.jpeg(number);
                inner.file(name, image);
                images.add(Seen.encoded(0, "ILSVRC2012_img_train.tar/" + name, label, image));
            }
            outer.file(SYNSETS.get(label) + ".tar", inner.end());
            bySynset.set(label, images);
        }
        Files.write(dir.resolve("ILSVRC2012_img_train.tar"), outer.end());
        final List<Seen> all = new ArrayList<>();
        bySynset.forEach(images -> images.forEach(
                image -> all.add(new Seen(all.size(), image.name(), image.label(), image.content()))));
        return all;
    }

    /** Writes images in reverse order of their names, because no reader may rely on the archive's order. */
    private List<Seen> writeValidation(String... ids) throws IOException {
        final TarBytes archive = new TarBytes();
        final List<Seen> expected = new ArrayList<>();
        for (int i = ids.length - 1; i >= 0; i--) {
            final String name = String.format("ILSVRC2012_val_%08d.JPEG", i + 1);
            final byte[] image = TinyImages.jpeg(100 + i);
            archive.file(name, image);
            final int label = SYNSETS.indexOf(List.of("", "n02119789", "n02100735", "n01440764", "n03207941")
                    .get(Integer.parseInt(ids[i])));
            expected.addFirst(Seen.encoded(i, "ILSVRC2012_img_val.tar/" + name, label, image));
        }
        Files.write(dir.resolve("ILSVRC2012_img_val.tar"), archive.end());
        return expected;
    }

    private void writeDevkit(byte[] meta, String groundTruth) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(new TarBytes().file("ILSVRC2012_devkit_t12/readme.txt", "read me")
                    .file("ILSVRC2012_devkit_t12/data/meta.mat", meta)
                    .file("ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", groundTruth).end());
        }
        Files.write(dir.resolve("ILSVRC2012_devkit_t12.tar.gz"), bytes.toByteArray());
    }
}
