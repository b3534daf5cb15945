package retort.ingest.source;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Bash's brace expansion, exactly as Python's braceexpand 0.1.7 does it, which is what webdataset calls: {@code {0..10}} does not pad,
 * {@code {00..10}} pads to the widest end, {@code {1..10..3}} has a step, {@code {a..e}} counts letters, {@code {a,{b,c}}} nests, and a
 * backslash takes the meaning from the character after it. Braces that are neither a range nor a list stay as they are. A pattern whose
 * braces do not match is one text, as in bash; braceexpand raises an error there.
 */
final class BraceExpansion {
    private static final Pattern INTEGERS = Pattern.compile("(-?\\d{1,18})\\.\\.(-?\\d{1,18})(?:\\.\\.-?(\\d{1,18}))?");
    private static final Pattern LETTERS = Pattern.compile("([A-Za-z])\\.\\.([A-Za-z])(?:\\.\\.-?(\\d{1,18}))?");
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private final int most;
    private final boolean escapes;

    private BraceExpansion(int most, boolean escapes) {
        this.most = most;
        this.escapes = escapes;
    }

    /**
     * The texts that {@code pattern} stands for, in bash's order.
     *
     * @param most the largest number of texts
     * @param escapes true if a backslash has a meaning; false if it separates the names of a path
     * @throws TooManyException if there are more than {@code most}
     */
    static List<String> of(String pattern, int most, boolean escapes) throws TooManyException {
        final BraceExpansion expansion = new BraceExpansion(most, escapes);
        if (!expansion.isBalanced(pattern))
            return List.of(pattern);
        final List<String> expanded = expansion.pattern(pattern);
        return escapes ? expanded.stream().map(text -> text.replaceAll("\\\\(.)", "$1")).toList() : expanded;
    }

    /** A pattern stands for more texts than were asked for. */
    static final class TooManyException extends Exception {
        private static final long serialVersionUID = 1;
    }

    private boolean isBalanced(String text) {
        int depth = 0;
        for (int at = 0; at < text.length(); at++)
            switch (text.charAt(at)) {
                case '\\' -> at += escapes ? 1 : 0;
                case '{' -> depth++;
                case '}' -> {
                    if (--depth < 0)
                        return false;
                }
                default -> {
                }
            }
        return depth == 0;
    }

    /** Expands literals and braces that follow one another. The result is the product of their texts, and the last one changes first. */
    private List<String> pattern(String pattern) throws TooManyException {
        List<String> all = List.of("");
        int start = 0;
        int depth = 0;
        for (int at = 0; at < pattern.length(); at++) {
            final char c = pattern.charAt(at);
            if (c == '\\' && escapes) {
                at++;
            } else if (c == '{' && depth++ == 0) {
                all = product(all, List.of(pattern.substring(start, at)));
                start = at + 1;
            } else if (c == '}' && --depth == 0) {
                all = product(all, braces(pattern.substring(start, at)));
                start = at + 1;
            }
        }
        return product(all, List.of(pattern.substring(start)));
    }

    /** @param inside the text between a pair of braces */
    private List<String> braces(String inside) throws TooManyException {
        final Matcher integers = INTEGERS.matcher(inside);
        if (integers.matches())
            return integers(integers.group(1), integers.group(2), step(integers));
        final Matcher letters = LETTERS.matcher(inside);
        if (letters.matches())
            return range(ALPHABET.indexOf(letters.group(1)), ALPHABET.indexOf(letters.group(2)), step(letters))
                    .mapToObj(i -> String.valueOf(ALPHABET.charAt((int) i))).toList();
        final List<String> parts = parts(inside);
        final List<String> all = new ArrayList<>();
        if (parts.size() == 1)
            for (final String text : pattern(inside))
                all.add("{" + text + "}");
        else
            for (final String part : parts)
                all.addAll(pattern(part));
        return limited(all);
    }

    /** Splits at the commas that are not inside inner braces. */
    private List<String> parts(String inside) {
        final List<String> parts = new ArrayList<>();
        int start = 0;
        int depth = 0;
        for (int at = 0; at < inside.length(); at++)
            switch (inside.charAt(at)) {
                case '\\' -> at += escapes ? 1 : 0;
                case '{' -> depth++;
                case '}' -> depth--;
                case ',' -> {
                    if (depth == 0) {
                        parts.add(inside.substring(start, at));
                        start = at + 1;
                    }
                }
                default -> {
                }
            }
        parts.add(inside.substring(start));
        return parts;
    }

    private List<String> integers(String from, String to, long step) throws TooManyException {
        final boolean padded = isPadded(from) || isPadded(to);
        final int width = padded ? Math.max(from.length(), to.length()) : 0; // the sign is part of the width, as in %0Nd
        return range(Long.parseLong(from), Long.parseLong(to), step).mapToObj(value -> {
            final String digits = String.valueOf(Math.abs(value));
            final String sign = value < 0 ? "-" : "";
            return sign + "0".repeat(Math.max(0, width - digits.length() - sign.length())) + digits;
        }).toList();
    }

    private static boolean isPadded(String number) {
        return (number.startsWith("0") || number.startsWith("-0")) && !number.equals("0") && !number.equals("-0");
    }

    private static long step(Matcher range) {
        return range.group(3) == null ? 1 : Math.max(1, Long.parseLong(range.group(3)));
    }

    private LongStream range(long from, long to, long step) throws TooManyException {
        final long count = Math.abs(to - from) / step + 1;
        if (count > most)
            throw new TooManyException();
        return LongStream.range(0, count).map(i -> from + (from <= to ? i * step : -i * step));
    }

    private List<String> product(List<String> firsts, List<String> seconds) throws TooManyException {
        if ((long) firsts.size() * seconds.size() > most)
            throw new TooManyException();
        final List<String> all = new ArrayList<>(firsts.size() * seconds.size());
        for (final String first : firsts)
            for (final String second : seconds)
                all.add(first + second);
        return all;
    }

    private List<String> limited(List<String> all) throws TooManyException {
        if (all.size() > most)
            throw new TooManyException();
        return all;
    }
}
