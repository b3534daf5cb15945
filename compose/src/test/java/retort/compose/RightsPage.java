package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rights of a service by the table in {@code compose/docs/operations.md}, with {@code retort.} for {@code TOPICS}. A right that a setting
 * asks for, behind a semicolon, is left out.
 */
record RightsPage(List<Right> rights) {
    private static final List<String> KINDS = List.of("topic", "transactional id", "group");
    private static final Pattern RIGHT = Pattern
            .compile("(?<operations>[A-Z]\\w+(, [A-Z]\\w+)*) on (its )?`(?<name>[^`]+)`(?<prefixed> \\(prefixed\\))?");

    /** @param name names of resources that the right is for */
    record Right(String operation, String kind, Pattern name) {
    }

    static RightsPage of(String service) throws IOException {
        final String page = Files.readString(Path.of(System.getProperty("retort.root"), "compose", "docs", "operations.md"));
        final String row = page.substring(page.indexOf("\n## Rights\n")).lines()
                .filter(line -> line.startsWith("| " + service + " |")).findFirst().orElseThrow();
        final String[] cells = row.split("\\|", -1);
        assertThat(cells).as(row).hasSize(KINDS.size() + 3);
        final List<Right> rights = new ArrayList<>();
        for (int kind = 0; kind < KINDS.size(); kind++) {
            final Matcher right = RIGHT.matcher(cells[kind + 2].replaceFirst("; with .*", ""));
            while (right.find())
                for (final String operation : right.group("operations").split(", ", -1))
                    rights.add(new Right(operation, KINDS.get(kind),
                            resource(right.group("name"), right.group("prefixed") != null)));
        }
        return new RightsPage(rights);
    }

    private static Pattern resource(String name, boolean prefixed) {
        final String filled = name.replaceFirst("^TOPICS\\.?", "retort.");
        return Pattern.compile(Pattern.quote(filled).replace("NAME", "\\E[^.]+\\Q") + (prefixed ? ".*" : ""));
    }

    /** The rights as {@code OPERATION on KIND}, without Describe, which the rights to read and to write include. */
    Set<String> names() {
        final Set<String> names = new TreeSet<>();
        rights.stream().filter(right -> !right.operation().equals("Describe"))
                .forEach(right -> names.add(right.operation() + " on " + right.kind()));
        return names;
    }

    boolean grants(String operation, String kind, String name) {
        return rights.stream().anyMatch(
                right -> right.operation().equals(operation) && right.kind().equals(kind)
                        && right.name().matcher(name).matches());
    }
}
