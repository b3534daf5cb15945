package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassNamesTest {
    @TempDir
    Path dir;

    @Test
    void blankLinesAreClassesExceptAtTheEnd() throws Exception {
        final Path file = dir.resolve("classes.txt");
        Files.writeString(file, "\uFEFFtench\r\n\r\n goldfish \n\ncrane\ncrane\n\n\n");
        assertThat(ClassNames.fromFile(file)).containsExactly("tench", "", "goldfish", "", "crane", "crane");
        Files.writeString(file, "\n\n");
        assertThatThrownBy(() -> ClassNames.fromFile(file)).isInstanceOf(SourceException.class)
                .hasMessageContaining("one class name a line");
        Files.write(file, "caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ClassNames.fromFile(file)).hasMessageContaining("the file is not UTF-8");
    }

    @Test
    void saysHowTheClassesOfTwoSourcesDiffer() {
        final List<String> training = List.of("ant", "bee", "cow");
        assertThat(ClassNames.difference(training, training)).isEmpty();
        assertThat(ClassNames.difference(training, List.of())).isEmpty();
        assertThat(ClassNames.difference(training, List.of("ant", "cow"))).hasValueSatisfying(
                text -> assertThat(text).contains("1 missing, such as bee").contains("classes=FILE").doesNotContain("unknown"));
        assertThat(ClassNames.difference(training, List.of("ant", "dog", "cow", "eel"))).hasValueSatisfying(
                text -> assertThat(text).contains("1 missing, such as bee; 2 unknown there, such as dog"));
        assertThat(ClassNames.difference(training, List.of("cow", "bee", "ant"))).hasValueSatisfying(
                text -> assertThat(text).contains("the same names in another order"));
    }
}
