package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page {@code compose/docs/operations.md}, for tests that compare it with the code. */
final class OperationsPage {
    private OperationsPage() {
    }

    /** The folder of the whole checkout. */
    static Path root() {
        return Path.of(System.getProperty("retort.root", ".."));
    }

    static String text() {
        try {
            return Files.readString(root().resolve("compose").resolve("docs").resolve("operations.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cells of the rows of the table under a heading, without its two head lines. */
    static List<List<String>> table(String heading) {
        final String page = text();
        final String section = page.substring(page.indexOf("\n## " + heading + "\n"));
        return section.lines().skip(2).takeWhile(line -> !line.startsWith("## ")).filter(line -> line.startsWith("|")).skip(2)
                .map(line -> Stream.of(line.substring(1, line.length() - 1).split("(?<!\\\\)\\|", -1)).map(String::strip)
                        .toList())
                .toList();
    }

    /** The sentences of the page: {@code ...} stands for any text. */
    static List<String> sentences() {
        return table("Sentences").stream().map(row -> row.getFirst().replace("`", "")).toList();
    }

    /** Fails if no sentence of the page begins as {@code message} does. */
    static void requireSentence(String message) {
        assertThat(sentences()).as("a row of operations.md for: %s", message).anyMatch(sentence -> Pattern
                .compile(Stream.of(sentence.split("\\.\\.\\.", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
                        Pattern.DOTALL)
                .matcher(message).lookingAt());
    }
}
