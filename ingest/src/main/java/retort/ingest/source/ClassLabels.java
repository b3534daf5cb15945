package retort.ingest.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The classes of a data set whose samples carry their own labels, and the index that each label stands for. Text is mapped where that is
 * certain: by a list of classes, or where all labels are texts, by their sorted distinct values. Immutable.
 */
public final class ClassLabels {
    private static final int SHOWN = 10;
    private static final String WAY_OUT = "name all classes, one a line, in a file with classes=FILE";

    private final List<String> names;
    private final boolean byName;
    private final Map<String, Integer> indices = new HashMap<>();
    private final List<String> remarks;
    /** The class index of each number; empty if a number is a class index. */
    private final List<Integer> numbers;

    private ClassLabels(List<String> names, boolean byName, List<String> remarks) {
        this(names, byName, remarks, List.of());
    }

    private ClassLabels(List<String> names, boolean byName, List<String> remarks, List<Integer> numbers) {
        this.numbers = numbers;
        this.names = names;
        this.byName = byName;
        this.remarks = remarks;
        if (byName)
            for (int i = 0; i < names.size(); i++)
                indices.merge(ClassNames.form(names.get(i)), i, (first, second) -> -1);
    }

    /** A list names the classes: numbers are indices into it, texts are looked up in it. */
    public static ClassLabels listed(List<String> names) {
        return new ClassLabels(List.copyOf(names), true, List.of());
    }

    /**
     * A list names the classes, and the data set has names for its numbers, too. Where the list holds all of these, it reorders them, and a
     * number is told by its name. Another list gives the numbers new names.
     *
     * @param own the data set's own names, by number; empty if it has none
     */
    public static ClassLabels listed(List<String> names, List<String> own) {
        final Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < names.size(); i++)
            places.put(ClassNames.form(names.get(i)), i);
        final List<Integer> numbers = new ArrayList<>();
        for (final String name : own)
            numbers.add(places.getOrDefault(ClassNames.form(name), -1));
        final boolean reorders = !numbers.contains(-1) && places.size() == names.size();
        return new ClassLabels(List.copyOf(names), true, List.of(), reorders ? List.copyOf(numbers) : List.of());
    }

    /** Nothing names the classes, and the labels are not known yet: numbers are indices, and a text is not understood. */
    public static ClassLabels unknown() {
        return new ClassLabels(List.of(), false,
                List.of("the names of the classes are not known: labels stay the numbers that they are"));
    }

    /**
     * The labels are known and nothing names the classes.
     *
     * @param highest the highest label that is a number; -1 where none is
     * @param texts the labels that are texts
     */
    public static ClassLabels found(int highest, Collection<String> texts) {
        if (texts.isEmpty())
            return new ClassLabels(ClassNames.numbered(highest + 1), false, List.of());
        if (highest >= 0)
            return new ClassLabels(ClassNames.numbered(highest + 1), false,
                    List.of("some labels are numbers and some are texts, such as '"
                            + texts.iterator().next() + "': samples with a text are rejected; " + WAY_OUT));
        final List<String> names = texts.stream().map(ClassNames::form).distinct().sorted(FileName.ORDER).toList();
        final List<String> remarks = new ArrayList<>(List.of("labels are texts: their " + names.size()
                + " distinct values, sorted by code points, are the classes: "
                + names.stream().limit(SHOWN).map(name -> names.indexOf(name) + " " + name).collect(Collectors.joining(", "))
                + (names.size() > SHOWN ? " and so on" : "")));
        ClassNames.lookalikes(names).ifPresent(remarks::add);
        return new ClassLabels(names, true, List.copyOf(remarks));
    }

    public List<String> names() {
        return names;
    }

    public List<String> remarks() {
        return remarks;
    }

    /** The class index of {@code label}; -1 where there is none, and where {@link #problem} says why. */
    public int index(Label label) {
        return switch (label) {
            case Label.Index(int value) when problem(label).isEmpty() -> numbers.isEmpty() ? value : numbers.get(value);
            case Label.Name(String text) when byName -> indices.getOrDefault(ClassNames.form(text), -1);
            default -> -1;
        };
    }

    /**
     * Says why {@code label} has no class index.
     *
     * @return empty if it has a class index, or if there is no label
     */
    public Optional<String> problem(Label label) {
        return switch (label) {
            case Label.None none -> Optional.empty();
            case Label.Index(int value) -> value < (numbers.isEmpty() ? names : numbers).size() || names.isEmpty()
                    ? Optional.empty()
                    : Optional.of("label " + value + " is none of the " + (numbers.isEmpty() ? names : numbers).size()
                            + " classes");
            case Label.Name(String text) -> !byName
                    ? Optional.of("label '" + text + "' is no class index: " + WAY_OUT)
                    : switch (indices.getOrDefault(ClassNames.form(text), Integer.MIN_VALUE)) {
                        case Integer.MIN_VALUE -> Optional.of("label '" + text + "' is none of the " + names.size() + " classes");
                        case -1 -> Optional.of("label '" + text + "' is the name of several classes");
                        default -> Optional.empty();
                    };
            case Label.Unclear(String reason) -> Optional.of(reason + "; write a class index, or the name of a class");
        };
    }
}
