package retort.ingest.source.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.kafka.Broker;

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

    /**
     * ImageNet-V2's folders are class numbers. The authors' code (modestyachts/ImageNetV2, and its {@code imagenetv2_pytorch}) takes
     * {@code int(folder)} as the label, because {@code ImageFolder} would sort them as texts: 0, 1, 10, 11, 2.
     */
    @Test
    void numberedFoldersHaveTheNamesOfTheirLines() throws Exception {
        final int classes = 12;
        for (int folder = 0; folder < classes; folder++)
            files(folder + "/a.jpg");
        final Path names = Files.writeString(root.resolveSibling("synsets.txt"),
                IntStream.range(0, classes).mapToObj(line -> "n" + (1000 - line)).collect(Collectors.joining("\n")));
        final SourceContext context = new SourceContext(Broker.at("localhost:1", "retort."), Map.of());
        try (IndexedSource source = (IndexedSource) new FolderSourceFactory().open(root + "?numbers=" + names, context)) {
            assertThat(source.size()).isEqualTo(classes);
            for (long i = 0; i < source.size(); i++) {
                final Sample sample = source.read(i);
                final int folder = Integer.parseInt(sample.name().replaceFirst("/a\\.jpg$", "").replaceFirst(".*/", ""));
                assertThat(source.label(i)).isEqualTo(sample.label()).isEqualTo(folder);
                assertThat(source.classNames().get(source.label(i))).isEqualTo("n" + (1000 - folder));
            }
        }
        assertThatThrownBy(() -> new FolderSourceFactory().open(root + "?numbers=" + names + "&classes=" + names, context))
                .isInstanceOf(SourceException.class).hasMessageContaining("but not both");
    }

    @Test
    void aStrayFolderDoesNotMoveTheNumbers() throws Exception {
        files("10/a.jpg", "2/a.jpg", "0/a.jpg", "1/a.jpg", "007/a.jpg", "99999999999999999999/a.jpg", "cat/a.jpg", "!x/a.jpg",
                "__MACOSX/0/a.jpg", ".ipynb_checkpoints/a.jpg", "@eaDir/a.jpg", "lost+found/a.jpg", ".git/a.jpg",
                "notes/read.me");
        try (IndexedSource source = open()) {
            assertThat(source.classNames()).containsExactly("0", "1", "2", "007", "10", "99999999999999999999", "!x", "cat");
            assertThat(source.findings().passedOver().counts())
                    .containsEntry("folder that is hidden, or left by an operating system", 5L)
                    .containsEntry("folder without an image", 1L).containsEntry("no image ending that is read: .me", 1L);
            assertThat(source.findings().remarks()).containsExactly("no class index for folders without an image: notes");
        }
    }

    /** A list that was written on Linux, and a folder that was copied from macOS, whose accents are code points of their own. */
    @Test
    void aListNamesFoldersInEveryUnicodeForm() throws Exception {
        files("cafe\u0301/a.jpg", "ant/a.jpg", "Ant/a.jpg");
        final Path list = Files.writeString(root.resolveSibling("classes.txt"), "caf\u00e9\nant\n");
        try (IndexedSource source = (IndexedSource) new FolderSourceFactory().open(root + "?classes=" + list,
                new SourceContext(Broker.at("localhost:1", "retort."), Map.of()))) {
            assertThat(listing(source)).containsExactly("0 cafe\u0301/a.jpg", "1 ant/a.jpg");
            assertThat(source.read(0).label()).isZero();
            assertThat(source.findings().passedOver().counts())
                    .containsEntry("image in a folder that the list of classes does not name", 1L);
        }
        try (IndexedSource source = open()) {
            assertThat(source.findings().remarks()).containsExactly(
                    "names of classes differ only in case or in their Unicode form, and each is a class of its own: Ant, ant");
        }
        files("caf\u00e9/b.jpg");
        assertThatThrownBy(() -> new FolderSourceFactory().open(root + "?classes=" + list,
                new SourceContext(Broker.at("localhost:1", "retort."), Map.of()))).isInstanceOf(SourceException.class)
                .hasMessageContaining("in two forms of Unicode");
    }

    /** torchvision 0.22's {@code find_classes} is {@code sorted(...)}, and Python 3.13 sorts by code points. */
    @Test
    void classesAndSamplesAreSortedByCodePoints() throws Exception {
        files("\ud83d\ude00/b.jpg", "\ud83d\ude00/\ud83d\ude00.jpg", "\ud83d\ude00/\uff5a.jpg", "\uff5a/a.jpg", "\u00e9/a.jpg",
                "Z/a.jpg",
                "a/a.jpg");
        try (IndexedSource source = open()) {
            assertThat(source.classNames()).containsExactly("Z", "a", "\u00e9", "\uff5a", "\ud83d\ude00");
            assertThat(listing(source)).endsWith("4 \ud83d\ude00/b.jpg", "4 \ud83d\ude00/\uff5a.jpg",
                    "4 \ud83d\ude00/\ud83d\ude00.jpg");
        }
    }

    @Test
    void aFolderWithoutAnImageTakesNoIndex() throws Exception {
        files("a/1.jpg", "d/1.jpg", "d/2.jpg", "c/only.txt", "c/._1.jpg");
        Files.createDirectories(root.resolve("b"));
        Files.createDirectories(root.resolve("e"));
        try (IndexedSource source = open()) {
            assertThat(source.classNames()).containsExactly("a", "d");
            assertThat(listing(source)).containsExactly("0 a/1.jpg", "1 d/1.jpg", "1 d/2.jpg");
            assertThat(source.findings().remarks()).containsExactly("no class index for folders without an image: b, c, e");
        }
    }

    @Test
    void aListOfClassesDecidesTheirIndices() throws Exception {
        files("a/1.jpg", "b/1.jpg", "c/1.jpg", "10/1.jpg", "stray.jpg");
        final Path list = Files.writeString(root.resolve("classes.txt"), "\uFEFFc\r\n\r\na\r\nnowhere\r\n10\r\n\r\n");
        try (IndexedSource source = open(Path.of(root + "?classes=" + list))) {
            assertThat(source.classNames()).containsExactly("c", "", "a", "nowhere", "10");
            assertThat(listing(source)).containsExactly("0 c/1.jpg", "2 a/1.jpg", "4 10/1.jpg");
            assertThat(source.findings().passedOver().counts())
                    .containsEntry("image in a folder that the list of classes does not name", 1L)
                    .containsEntry("image outside a class folder", 1L);
            assertThat(source.findings().remarks()).containsExactly("no folder for classes of the list: , nowhere");
        }
        Files.writeString(list, "x\ny\n");
        assertThatThrownBy(() -> open(Path.of(root + "?classes=" + list))).isInstanceOf(SourceException.class)
                .hasMessageContaining("holds no image of the 2 classes that the list names");
        Files.writeString(list, "a\nb\na\n");
        assertThatThrownBy(() -> open(Path.of(root + "?classes=" + list))).hasMessageContaining("names a class twice");
    }

    @Test
    void whatIsNoImageIsCountedByItsReason() throws Exception {
        files("a/1.jpg", "a/2.JPE", "a/3.jfif", "a/4.gif", "a/5.bmp", "a/6.ppm", "a/7.tif", "a/8.TIF", "a/noending", "a/._1.jpg",
                "a/Thumbs.db", "a/@eaDir/1.jpg", "a/sub/.git/x.jpg");
        try (IndexedSource source = open()) {
            assertThat(listing(source)).containsExactly("0 a/1.jpg", "0 a/2.JPE", "0 a/3.jfif", "0 a/4.gif", "0 a/5.bmp");
            assertThat(source.findings().passedOver().counts()).containsOnly(entry("no image ending that is read: .ppm", 1L),
                    entry("no image ending that is read: .tif", 2L), entry("no image ending", 1L),
                    entry("hidden, or left by an operating system", 2L),
                    entry("folder that is hidden, or left by an operating system", 2L));
        }
    }

    @Test
    void theListingTellsAFileThatWasRenamedReplacedAddedOrMoved() throws Exception {
        files("a/1.jpg", "a/2.jpg", "b/1.jpg");
        final String before = open().findings().listing().orElseThrow();
        final Path elsewhere = root.resolveSibling(root.getFileName() + "-moved");
        Files.move(root, elsewhere);
        assertThat(open(elsewhere).findings().listing()).contains(before);
        Files.move(elsewhere, root);
        Files.move(root.resolve("a/2.jpg"), root.resolve("a/3.jpg"));
        final String renamed = open().findings().listing().orElseThrow();
        Files.writeString(root.resolve("a/3.jpg"), "another length");
        final String replaced = open().findings().listing().orElseThrow();
        Files.createDirectories(root.resolve("c"));
        Files.move(root.resolve("b/1.jpg"), root.resolve("c/1.jpg"));
        final String moved = open().findings().listing().orElseThrow();
        assertThat(java.util.Set.of(before, renamed, replaced, moved)).hasSize(4);
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
        Files.createSymbolicLink(root.resolve("a/deep"), Path.of("../.."));
        Files.createSymbolicLink(root.resolve("all"), root);
        try (IndexedSource source = open()) {
            assertThat(listing(source)).containsExactly("0 a/1.jpg", "0 a/linked/2.jpg");
            assertThat(source.findings().passedOver().counts())
                    .containsOnly(entry("link that leads back to a folder that holds it", 3L));
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
                new SourceContext(Broker.at("unused:1", "retort."), Map.of()));
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
