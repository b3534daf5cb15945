package retort.ingest.source;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Names of classes from a list or from numbers, and the order of class names that no list orders. */
public final class ClassNames {
    /** The largest number of classes. A larger number is a mistake. */
    public static final int MOST = 1 << 20;

    /**
     * The order of class names that no list orders: numbers first, by value, then the other names by Unicode code points. Where all
     * names are numbers, as in ImageNet-V2's folders, index and name are the same. Where none is, this is Python's {@code sorted}.
     * A stray name does not change the order of the others.
     */
    public static final Comparator<String> ORDER = Comparator.comparing((String name) -> !isNumber(name))
            .thenComparing((a, b) -> isNumber(a) && isNumber(b) ? byValue(a, b) : 0).thenComparing(FileName.ORDER);

    private ClassNames() {
    }

    /** The names {@code "0"} to {@code count - 1}, for data whose labels are all that is known. */
    public static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }

    /** The names in the file of the option {@code classes}; empty if it is not given. */
    public static Optional<List<String>> given(SourceLocation location) throws SourceException {
        final Optional<String> file = location.option("classes");
        return file.isEmpty() ? Optional.empty() : Optional.of(fromFile(location.file(file.get())));
    }

    /**
     * One name a line, in UTF-8; the index of a class is the number of its line, from 0. A blank line is a class with an empty name,
     * because leaving it out would move every class after it. Blank lines at the end of the file are none.
     *
     * @throws SourceException if the file cannot be read or holds no class
     */
    public static List<String> fromFile(Path file) throws SourceException {
        final List<String> names = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null && names.size() <= MOST; line = lines.readLine())
                names.add((names.isEmpty() && line.startsWith("\uFEFF") ? line.substring(1) : line).strip());
        } catch (CharacterCodingException e) {
            throw new SourceException("class names in " + file + " cannot be read: the file is not UTF-8; write it anew in UTF-8",
                    e);
        } catch (IOException e) {
            throw new SourceException("class names in " + file + " cannot be read: " + e.getMessage(), e);
        }
        while (!names.isEmpty() && names.getLast().isEmpty())
            names.removeLast();
        if (names.isEmpty() || names.size() > MOST)
            throw new SourceException(file + " must hold one class name a line, 1 to " + MOST + " of them");
        return List.copyOf(names);
    }

    /**
     * The form of a name by which names are compared: Unicode's composed form. macOS writes the letter \u00e9 as two code points and Linux
     * writes it as one, and both are the same name to a person. Case counts.
     */
    public static String form(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /**
     * Names classes that a person would hardly tell apart, because two lists of them may well mean the same classes.
     *
     * @return empty if there are none
     */
    public static Optional<String> lookalikes(Collection<String> names) {
        final Map<String, List<String>> alike = names.stream()
                .collect(Collectors.groupingBy(name -> form(name).toLowerCase(Locale.ROOT), TreeMap::new, Collectors.toList()));
        return alike.values().stream().filter(several -> several.size() > 1).findFirst()
                .map(several -> "names of classes differ only in case or in their Unicode form, and each is a class of its own: "
                        + several.stream().map(FileName::shown).collect(Collectors.joining(", ")));
    }

    private static boolean isNumber(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Compares numbers with digits of any length. */
    private static int byValue(String a, String b) {
        final String left = a.substring(leadingZeros(a));
        final String right = b.substring(leadingZeros(b));
        return left.length() == right.length() ? left.compareTo(right) : Integer.compare(left.length(), right.length());
    }

    private static int leadingZeros(String digits) {
        int zeros = 0;
        while (zeros < digits.length() && digits.charAt(zeros) == '0')
            zeros++;
        return zeros;
    }
}
