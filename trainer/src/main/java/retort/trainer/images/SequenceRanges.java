package retort.trainer.images;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A set of sequences of a stream, as ranges.
 *
 * @param ranges in rising order; they neither overlap nor touch
 */
public record SequenceRanges(List<Range> ranges) {
    public static final SequenceRanges NONE = new SequenceRanges(List.of());
    private static final Pattern TEXT = Pattern.compile("(\\d{1,18})(?:-(\\d{1,18}))?");

    /** The sequences from {@code first} to {@code last}, with both. */
    public record Range(long first, long last) {
        public Range {
            if (first < 0 || first > last)
                throw new IllegalArgumentException("range " + first + "-" + last + " is empty or negative");
        }

        /** {@code FIRST-LAST}, or one number for one sequence. */
        @Override
        public String toString() {
            return first == last ? Long.toString(first) : first + "-" + last;
        }
    }

    /** Sorts and joins the ranges. */
    public SequenceRanges {
        final List<Range> joined = new ArrayList<>();
        for (final Range range : ranges.stream().sorted(Comparator.comparingLong(Range::first)).toList())
            if (joined.isEmpty() || range.first() > joined.getLast().last() + 1)
                joined.add(range);
            else
                joined.add(new Range(joined.getLast().first(), Math.max(joined.removeLast().last(), range.last())));
        ranges = List.copyOf(joined);
    }

    /**
     * Reads texts of the form {@code FIRST-LAST} or {@code SEQUENCE}.
     *
     * @throws IllegalArgumentException if a text has another form; the message contains the text
     */
    public static SequenceRanges parse(List<String> texts) {
        final List<Range> ranges = new ArrayList<>();
        for (final String text : texts) {
            final Matcher range = TEXT.matcher(text);
            if (!range.matches())
                throw new IllegalArgumentException(text);
            final long first = Long.parseLong(range.group(1));
            final long last = range.group(2) == null ? first : Long.parseLong(range.group(2));
            if (first > last)
                throw new IllegalArgumentException(text);
            ranges.add(new Range(first, last));
        }
        return new SequenceRanges(ranges);
    }

    /** The texts that {@link #parse} reads. */
    public List<String> texts() {
        return ranges.stream().map(Range::toString).toList();
    }

    public boolean contains(long sequence) {
        return ranges.stream().anyMatch(range -> range.first() <= sequence && sequence <= range.last());
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** The sequences of this set from {@code begin} up to, but not including, {@code end}. */
    public SequenceRanges between(long begin, long end) {
        return new SequenceRanges(ranges.stream().filter(range -> range.first() < end && range.last() >= begin)
                .map(range -> new Range(Math.max(begin, range.first()), Math.min(end - 1, range.last()))).toList());
    }

    /** The sequences of this set that are not in {@code other}. */
    public SequenceRanges without(SequenceRanges other) {
        SequenceRanges left = this;
        for (final Range range : other.ranges()) {
            final List<Range> both = new ArrayList<>(left.between(0, range.first()).ranges());
            both.addAll(left.between(range.last() + 1, Long.MAX_VALUE).ranges());
            left = new SequenceRanges(both);
        }
        return left;
    }

    /** {@code 3, 10-19}, for people. */
    @Override
    public String toString() {
        return ranges.stream().map(Range::toString).collect(Collectors.joining(", "));
    }
}
