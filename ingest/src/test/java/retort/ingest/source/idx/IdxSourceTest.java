package retort.ingest.source.idx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import retort.ingest.IdxFixture;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.kafka.Broker;

class IdxSourceTest {
    private static final SourceContext CONTEXT = new SourceContext(Broker.at("unused:1", "retort."), Map.of(),
            retort.place.Places.standard());

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsAnySampleOfPlainAndGzippedFiles(boolean gzip) throws Exception {
        IdxFixture.write(folder, "t10k", 30, 5, gzip);
        try (IndexedSource source = open(folder + "/t10k")) {
            assertThat(source.size()).isEqualTo(30);
            assertThat(source.classNames()).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
            final Sample sample = source.read(17);
            assertThat(sample.label()).isEqualTo(7).isEqualTo(source.label(17));
            assertThat(sample.content()).isInstanceOfSatisfying(Sample.Pixels.class, pixels -> {
                assertThat(new int[]{pixels.height(), pixels.width(), pixels.channels()}).containsExactly(5, 5, 1);
                assertThat(pixels.bytes()).isEqualTo(IdxFixture.pixels(17, 5));
            });
        }
    }

    @Test
    void aFolderStandsForItsTrainingSet() throws Exception {
        IdxFixture.write(folder, "t10k", 3, 5, true);
        IdxFixture.write(folder, "train", 4, 5, true);
        try (IndexedSource source = open(folder.toString())) {
            assertThat(source.size()).isEqualTo(4);
        }
    }

    @Test
    void aFileCutShortIsNamed() throws Exception {
        cut(IdxFixture.write(folder, 30, 5).resolve("train-images-idx3-ubyte"), 100);
        assertThatThrownBy(() -> open(folder.toString())).isInstanceOf(SourceException.class)
                .hasMessageContaining("train-images-idx3-ubyte is cut short").hasMessageContaining("750")
                .hasMessageContaining("650");
    }

    @Test
    void aGzippedFileCutShortIsNamed() throws Exception {
        IdxFixture.write(folder, "train", 30, 5, true);
        cut(folder.resolve("train-images-idx3-ubyte.gz"), 20);
        assertThatThrownBy(() -> open(folder.toString())).isInstanceOf(SourceException.class)
                .hasMessageContaining("train-images-idx3-ubyte.gz is cut short");
    }

    @Test
    void labelsOfAnotherLengthAreNamed() throws Exception {
        final Path other = IdxFixture.write(folder.resolve("other"), 29, 5);
        IdxFixture.write(folder, 30, 5);
        Files.move(other.resolve("train-labels-idx1-ubyte"), folder.resolve("train-labels-idx1-ubyte"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> open(folder.toString())).isInstanceOf(SourceException.class)
                .hasMessageContaining("29 labels for 30 images");
    }

    @Test
    void anotherMagicIsNamed() throws Exception {
        IdxFixture.write(folder, 3, 5);
        final Path images = folder.resolve("train-images-idx3-ubyte");
        final byte[] bytes = Files.readAllBytes(images);
        bytes[2] = 0x0D;
        Files.write(images, bytes);
        assertThatThrownBy(() -> open(folder.toString())).isInstanceOf(SourceException.class)
                .hasMessageContaining("begins with 00000d03, expected 00000803");
    }

    @Test
    void aFolderWithoutImagesSaysWhatWasExpected() {
        assertThatThrownBy(() -> open(folder.toString())).isInstanceOf(SourceException.class)
                .hasMessageContaining("has no images").hasMessageContaining("images-idx3-ubyte");
    }

    @Test
    void missingLabelsAreNamed() throws Exception {
        IdxFixture.write(folder, 3, 5);
        Files.delete(folder.resolve("train-labels-idx1-ubyte"));
        assertThatThrownBy(() -> open(folder.toString())).isInstanceOf(SourceException.class)
                .hasMessageContaining("no labels").hasMessageContaining("train-labels-idx1-ubyte");
    }

    /** Covers the spellings of EMNIST and Kaggle, and gzip under another file name. */
    @Test
    void findsOtherSpellingsAndKindsByContent() throws Exception {
        final Path zipped = IdxFixture.write(folder.resolve("zipped"), "emnist-letters-train", 12, 5, true);
        Files.move(zipped.resolve("emnist-letters-train-images-idx3-ubyte.gz"),
                folder.resolve("emnist-letters-train-images.idx3-ubyte"));
        Files.move(zipped.resolve("emnist-letters-train-labels-idx1-ubyte.gz"),
                folder.resolve("emnist-letters-train-labels-idx1-ubyte"));
        for (final String location : new String[]{folder.toString(), folder + "/emnist-letters-train"})
            try (IndexedSource source = open(location)) {
                assertThat(source.size()).isEqualTo(12);
                assertThat(source.read(11).label()).isEqualTo(1);
            }
        IdxFixture.write(folder, "emnist-letters-test", 3, 5, true);
        assertThatThrownBy(() -> open(folder.toString())).isInstanceOf(SourceException.class)
                .hasMessageContaining("has several sets, [emnist-letters-test, emnist-letters-train]: name one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"train-%s.%s-ubyte", "train_%s_%s_ubyte", "train-%s-%s-ubyte.%2$s", "train-%s-%s", "train-%s.%s",
            "t10k-%s.idx",
            "qmnist-%s.ubyte", "k.mnist_%s_%s_ubyte.gz"})
    void findsTheSpellingsOfMirrors(String spelling) throws Exception {
        IdxFixture.write(folder.resolve("original"), "x", 4, 5, spelling.endsWith(".gz"));
        final String ending = spelling.endsWith(".gz") ? ".gz" : "";
        Files.move(folder.resolve("original/x-images-idx3-ubyte" + ending), folder.resolve(spelling.formatted("images", "idx3")));
        Files.move(folder.resolve("original/x-labels-idx1-ubyte" + ending), folder.resolve(spelling.formatted("labels", "idx1")));
        try (IndexedSource source = open(folder.toString())) {
            assertThat(source.read(3).label()).isEqualTo(3);
        }
    }

    /** Images of more than 2 GiB are added in pieces, because a buffer holds no more. */
    @Test
    void theListingTellsTheContentInPieces() {
        final MemorySegment labels = MemorySegment.ofArray(new byte[3]);
        final byte[] images = new byte[1000];
        final String before = IdxSource.listing(MemorySegment.ofArray(images), labels, 300).hex();
        images[999] = 1;
        assertThat(IdxSource.listing(MemorySegment.ofArray(images), labels, 300).hex()).isNotEqualTo(before);
        images[999] = 0;
        images[450] = 1;
        assertThat(IdxSource.listing(MemorySegment.ofArray(images), labels, 300).hex()).isNotEqualTo(before);
    }

    @Test
    void aListNamesTheClassesAndTheListingTellsTheContent() throws Exception {
        IdxFixture.write(folder, 30, 5);
        final Path list = Files.writeString(folder.resolve("names.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
        final String before;
        try (IndexedSource source = open(folder + "?classes=" + list)) {
            assertThat(source.classNames()).startsWith("a", "b").hasSize(10);
            before = source.findings().listing().orElseThrow();
        }
        Files.writeString(list, "a\nb\n");
        assertThatThrownBy(() -> open(folder + "?classes=" + list)).isInstanceOf(SourceException.class)
                .hasMessageContaining("has the label 9, the list of classes names only 2");
        final Path images = folder.resolve("train-images-idx3-ubyte");
        final byte[] bytes = Files.readAllBytes(images);
        bytes[100] ^= 1;
        Files.write(images, bytes);
        try (IndexedSource source = open(folder.toString())) {
            assertThat(source.findings().listing()).isNotEmpty().isNotEqualTo(java.util.Optional.of(before));
        }
    }

    @Test
    void whatIsNoImageSetIsNamed() throws Exception {
        IdxFixture.write(folder, 3, 5);
        final Path images = folder.resolve("train-images-idx3-ubyte");
        final byte[] bytes = Files.readAllBytes(images);
        bytes[3] = 4;
        Files.write(images, bytes);
        assertThatThrownBy(() -> open(folder.toString())).hasMessageContaining("it holds unsigned bytes in 4 dimension(s)");
        bytes[2] = 0x0C;
        Files.write(images, bytes);
        assertThatThrownBy(() -> open(folder.toString()))
                .hasMessageContaining("it holds ints in 4 dimension(s), which are not read");
    }

    private static IndexedSource open(String location) throws Exception {
        return (IndexedSource) new IdxSourceFactory().open(location, CONTEXT);
    }

    private static void cut(Path file, int bytes) throws Exception {
        final byte[] all = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(all, all.length - bytes));
    }
}
