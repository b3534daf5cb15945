package retort.trainer.pretrained;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that the tests that {@code compose/docs/weights.md} names exist, and use the files and have the methods that stand beside them. */
class WeightsPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");

    @Test
    void everyTestOfThePageExists() throws IOException {
        final Map<String, String> tests = tests();
        final Matcher named = TEST.matcher(page());
        while (named.find())
            assertThat(tests).containsKey(named.group(1));
    }

    @Test
    void everyRowOfTheTableNamesATestAndWhatIsInIt() throws IOException {
        final Map<String, String> tests = tests();
        final List<String> rows = page().lines().dropWhile(line -> !line.startsWith("| architecture |")).skip(2)
                .takeWhile(line -> line.startsWith("|")).toList();
        assertThat(rows).hasSizeGreaterThan(15);
        for (final String row : rows) {
            final String[] cells = row.split("\\|");
            final String held = cells[cells.length - 1];
            assertThat(TEST.matcher(held).find()).as(row).isTrue();
            for (final String part : held.split(";")) {
                final List<String> words = code(part);
                final String source = tests.get(words.getFirst());
                assertThat(source).as(words.getFirst() + " in " + row).isNotNull();
                for (final String word : words.subList(1, words.size()))
                    assertThat(source).as("%s in %s", words.getFirst(), row).containsPattern("\\b" + Pattern.quote(word) + "\\b");
            }
        }
    }

    /** Each of the architectures that the page must have is there. */
    @Test
    void theTableHasEveryArchitecture() throws IOException {
        for (final String name : List.of("MAE", "DMAE", "DeiT", "DeiT-III", "AugReg", "DINO", "DINOv2", "MoCo-v3", "iBOT", "CLIP",
                "BEiT",
                "EVA"))
            assertThat(page()).containsPattern("(?m)^\\| [^|]*\\b" + name + "\\b[^|]* \\|");
    }

    private static List<String> code(String text) {
        final List<String> words = new ArrayList<>();
        final Matcher matcher = CODE.matcher(text);
        while (matcher.find())
            words.add(matcher.group(1));
        return words;
    }

    /** The source of each test of the project, by the name of its class. */
    private static Map<String, String> tests() throws IOException {
        final Map<String, String> all = new HashMap<>();
        for (final String module : List.of("schemas", "trainer", "ingest", "evaluator", "compose"))
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                for (final Path file : files.filter(each -> each.toString().endsWith("Test.java")).toList())
                    all.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        return all;
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("compose/docs/weights.md"));
    }
}
