package retort.ingest.source.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;

class FolderSourceTest {
    @TempDir
    Path root;

    @Test
    void aClassIndexIsTheRankOfItsFoldersName() throws Exception {
        files("n02/b.JPEG", "n02/a.jpeg", "n01/z.png", "n10/sub/deep.webp", "n10/above.jpg", "notes.txt", "n01/readme.txt",
                ".cache/x.jpg", "n01/.hidden.jpg");
        try (IndexedSource source = open()) {
            assertThat(source.classNames()).containsExactly("n01", "n02", "n10");
            assertThat(listing(source)).containsExactly("0 n01/z.png", "1 n02/a.jpeg", "1 n02/b.JPEG", "2 n10/above.jpg",
                    "2 n10/sub/deep.webp");
        }
    }

    @Test
    void numericNamesSortAsNumbers() throws Exception {
        files("10/a.jpg", "9/a.jpg", "0/a.jpg", "100/a.jpg");
        try (IndexedSource source = open()) {
            assertThat(source.classNames()).containsExactly("0", "9", "10", "100");
        }
    }

    @Test
    void oneNameThatIsNoNumberSortsAllAsText() throws Exception {
        files("10/a.jpg", "9/a.jpg", "cat/a.jpg");
        try (IndexedSource source = open()) {
            assertThat(source.classNames()).containsExactly("10", "9", "cat");
        }
    }

    @Test
    void classesWithoutImagesKeepTheirIndex() throws Exception {
        files("a/1.jpg", "d/1.jpg", "d/2.jpg");
        Files.createDirectories(root.resolve("b"));
        Files.createDirectories(root.resolve("c"));
        Files.createDirectories(root.resolve("e"));
        try (IndexedSource source = open()) {
            assertThat(listing(source)).containsExactly("0 a/1.jpg", "3 d/1.jpg", "3 d/2.jpg");
        }
    }

    @Test
    void imagesWithoutFoldersHaveNoLabel() throws Exception {
        files("b.jpg", "a.png");
        try (IndexedSource source = open()) {
            assertThat(source.classNames()).isEmpty();
            assertThat(listing(source)).containsExactly("-1 a.png", "-1 b.jpg");
        }
    }

    @Test
    void linksAreFollowedButNotInCircles() throws Exception {
        files("a/1.jpg");
        final Path elsewhere = Files.createDirectories(root.resolveSibling(root.getFileName() + "-elsewhere"));
        Files.writeString(elsewhere.resolve("2.jpg"), "2");
        Files.createSymbolicLink(root.resolve("a/linked"), elsewhere);
        Files.createSymbolicLink(root.resolve("a/loop"), root.resolve("a"));
        try (IndexedSource source = open()) {
            assertThat(listing(source)).containsExactly("0 a/1.jpg", "0 a/linked/2.jpg");
        }
    }

    @Test
    void whatIsNoFileIsLeftOutAndALinkToNothingFailsWhenItIsRead() throws Exception {
        files("a/1.jpg");
        Files.createDirectories(root.resolve("a/folder.jpg"));
        Files.createSymbolicLink(root.resolve("a/2.jpg"), root.resolve("nowhere"));
        try (IndexedSource source = open()) {
            assertThat(source.size()).isEqualTo(2);
            assertThat(source.read(0).name()).endsWith("1.jpg");
            assertThatThrownBy(() -> source.read(1)).isInstanceOf(IOException.class).hasMessageContaining("2.jpg");
        }
    }

    @Test
    void aFileThatIsTooLargeIsNotRead() throws Exception {
        files("a/1.jpg");
        try (var file = new java.io.RandomAccessFile(root.resolve("a/1.jpg").toFile(), "rw")) {
            file.setLength(Sample.MAX_ENCODED_BYTES + 1L); // sparse
        }
        try (IndexedSource source = open()) {
            assertThatThrownBy(() -> source.read(0)).isInstanceOf(IOException.class).hasMessageContaining("33554433 bytes");
        }
    }

    @Test
    void aFolderWithoutImagesAndNoFolderAtAllAreNamed() {
        assertThatThrownBy(this::open).isInstanceOf(SourceException.class).hasMessageContaining(root.toString())
                .hasMessageContaining("holds no image");
        assertThatThrownBy(() -> open(root.resolve("nowhere"))).isInstanceOf(SourceException.class)
                .hasMessageContaining("nowhere: no folder is there");
    }

    private IndexedSource open() throws Exception {
        return open(root);
    }

    private static IndexedSource open(Path folder) throws Exception {
        return (IndexedSource) new FolderSourceFactory().open(folder.toString(),
                new SourceContext(KafkaSettings.of("unused:1"), Topics.DEFAULT, Map.of()));
    }

    private void files(String... names) throws IOException {
        for (final String name : names) {
            Files.createDirectories(root.resolve(name).getParent());
            Files.writeString(root.resolve(name), name);
        }
    }

    private List<String> listing(IndexedSource source) throws IOException {
        final List<String> listing = new ArrayList<>();
        for (long i = 0; i < source.size(); i++) {
            final Sample sample = source.read(i);
            assertThat(sample.id()).isEqualTo(i);
            assertThat(sample.label()).isEqualTo(source.label(i));
            listing.add(sample.label() + " " + root.relativize(Path.of(sample.name())).toString().replace('\\', '/'));
        }
        return listing;
    }
}
