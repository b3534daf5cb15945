package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares with {@code webdataset.shardlists.expand_urls} of webdataset 1.0.2 and Python's {@code sorted(glob.glob(...))}. */
class FilePatternTest {
    @TempDir
    Path dir;

    @Test
    void aRangeWithoutAZeroDoesNotPad() throws Exception {
        files("s-0.tar", "s-1.tar", "s-00.tar", "s-01.tar");
        assertThat(found("s-{0..1}.tar")).containsExactly("s-0.tar", "s-1.tar");
        assertThat(found("s-{00..01}.tar")).containsExactly("s-00.tar", "s-01.tar");
        assertThat(found("s-{1..0}.tar")).containsExactly("s-1.tar", "s-0.tar");
        assertThatThrownBy(() -> found("s-{0..2}.tar")).isInstanceOf(SourceException.class).hasMessageContaining("s-2.tar");
    }

    @Test
    void wildcardsStandInAnyPart() throws Exception {
        files("a1/x.tar", "a2/x.tar", "a10/x.tar", "b/x.tar", "a1/y.tgz", "a1/deep/x.tar", ".a3/x.tar", "__MACOSX/x.tar",
                "a1/._x.tar");
        assertThat(found("a*/x.tar")).containsExactly("a1/x.tar", "a10/x.tar", "a2/x.tar");
        assertThat(found("a?/*.t*")).containsExactly("a1/x.tar", "a1/y.tgz", "a2/x.tar");
        assertThat(found("*/x.tar")).containsExactly("a1/x.tar", "a10/x.tar", "a2/x.tar", "b/x.tar");
        assertThat(found("*/*/x.tar")).containsExactly("a1/deep/x.tar");
        assertThat(found("a[12]/x.tar")).containsExactly("a1/x.tar", "a2/x.tar");
        assertThat(found("a[!1]/x.tar")).containsExactly("a2/x.tar");
        assertThat(found("{b,a1}/*.tar")).containsExactly("b/x.tar", "a1/x.tar");
    }

    @Test
    void patternsFollowOneAnother() throws Exception {
        files("a/0.tar", "a/1.tar", "b/0.tar");
        assertThat(FilePattern.files(location(dir + "/a/{0..1}.tar::" + dir + "/b/*.tar")).stream().map(this::below))
                .containsExactly("a/0.tar", "a/1.tar", "b/0.tar");
    }

    @Test
    void whatAWildcardMatchesIsSortedByCodePoints() throws Exception {
        files("\ud83d\ude00.tar", "\uff5a.tar", "\u00e9.tar", "z.tar", "Z.tar");
        assertThat(found("*.tar")).containsExactly("Z.tar", "z.tar", "\u00e9.tar", "\uff5a.tar", "\ud83d\ude00.tar");
        assertThat(found("?.tar")).hasSize(5);
    }

    @Test
    void aTextThatIsAFileIsThatFile() throws Exception {
        files("a{0..1}.tar", "b[1]*?.tar", "c::d.tar", "{.tar", "back\\slash.tar", "(x+).$$.tar");
        for (final String name : List.of("a{0..1}.tar", "b[1]*?.tar", "c::d.tar", "{.tar", "back\\slash.tar"))
            assertThat(found(name)).containsExactly(name);
        assertThat(found("(x*).$$.t?r")).containsExactly("(x+).$$.tar");
    }

    @Test
    void namesInAnotherEncodingAreFound() throws Exception {
        files("caf\udce9/a.tar", "caf\u00e9/a.tar");
        assertThat(found("caf*/a.tar")).containsExactly("caf\u00e9/a.tar", "caf\udce9/a.tar");
    }

    private List<String> found(String pattern) throws SourceException {
        return FilePattern.files(location(dir + "/" + pattern)).stream().map(this::below).toList();
    }

    private static SourceLocation location(String path) throws SourceException {
        return new SourceLocation("x", path, java.util.Map.of());
    }

    private String below(Path file) {
        final StringBuilder name = new StringBuilder();
        for (Path at = file; !at.equals(dir); at = at.getParent())
            name.insert(0, "/" + FileName.of(at));
        return name.substring(1);
    }

    private void files(String... names) throws IOException {
        for (final String name : Set.of(names)) {
            final Path file = dir.resolve(FileName.path(name));
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }
}
