package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
    void saysHowTheClassesOfTwoSourcesBelongTogetherInWhicheverOrderTheyAreOpened() {
        final List<String> training = List.of("ant", "bee", "caf\u00e9");
        assertThat(together(training, training)).isEmpty();
        assertThat(together(training, List.of())).isEmpty();
        assertThat(together(training, List.of("ant", "bee", "cafe\u0301"))).as("another form of Unicode").isEmpty();
        assertThat(together(training, List.of("ant", "cafe\u0301"))).get().asString()
                .endsWith("are matched by name with those of ingest.source: 2 of 3, without images of bee");
        assertThat(together(training, List.of("caf\u00e9", "bee", "ant"))).get().asString()
                .endsWith("are matched by name with those of ingest.source: 3 of 3, in another order");
        assertThat(together(training, List.of("ant", "dog", "Bee"))).get().asString()
                .contains("dog, Bee unknown there, known are ant, bee, caf\u00e9").contains("classes=FILE");
        assertThat(together(List.of("crane", "crane"), List.of("crane"))).get().asString().contains("a name stands twice");
    }

    private static Optional<String> together(List<String> training, List<String> validation) {
        final ClassesTogether first = new ClassesTogether();
        assertThat(first.opened("ingest.source", training)).isEmpty();
        final Optional<String> sentence = first.opened("ingest.val.source", validation);
        assertThat(first.opened("ingest.source", training)).as("the probe stream, which has the same source").isEmpty();
        final ClassesTogether last = new ClassesTogether();
        assertThat(last.opened("ingest.val.source", validation)).isEmpty();
        assertThat(last.opened("ingest.source", training)).isEqualTo(sentence);
        return sentence;
    }
}
