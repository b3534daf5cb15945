package retort.evaluator.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The latest events, numbered without a gap, for subscribers that each read at their own pace. It holds at most {@link #MOST_EVENTS} and
 * {@link #MOST_BYTES}, whatever the number of subscribers and however slow they are: a subscriber that asks for an event that is no longer
 * held has to begin anew. Confined to one thread.
 */
public final class EventLog {
    static final int MOST_EVENTS = 4096;
    static final int MOST_BYTES = 4 << 20;

    /** Begins every id, so that an id of an earlier process is not mistaken for one of this. */
    private final String process;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private long bytes;
    private long last;

    /**
     * An event.
     *
     * @param json one line
     */
    public record Entry(long number, String type, String json) {
        int bytes() {
            return json.length() + 64;
        }
    }

    /** @param process a text of letters and digits that no other process uses */
    EventLog(String process) {
        this.process = process;
    }

    void add(String type, String json) {
        last++;
        final Entry entry = new Entry(last, type, json);
        entries.add(entry);
        bytes += entry.bytes();
        while (entries.size() > MOST_EVENTS || bytes > MOST_BYTES)
            bytes -= entries.remove().bytes();
    }

    /** Number of the latest event; 0 before the first one. */
    public long last() {
        return last;
    }

    /** The text by which a subscriber names an event. */
    public String id(long number) {
        return process + "-" + number;
    }

    /** The number that an id names; empty for an id of another process, and for a text that is no id. */
    public Optional<Long> number(String id) {
        if (!id.startsWith(process + "-") || !id.substring(process.length() + 1).matches("\\d{1,15}"))
            return Optional.empty();
        return Optional.of(Long.valueOf(id.substring(process.length() + 1))).filter(number -> number <= last);
    }

    /** @return true if every event behind {@code number} is held */
    public boolean holdsAfter(long number) {
        return number >= last - entries.size();
    }

    /** The events behind {@code number}, the first ones, with {@code mostBytes} of data together or a single larger one. */
    public List<Entry> after(long number, int mostBytes) {
        final List<Entry> found = new ArrayList<>();
        if (number >= last)
            return found;
        long all = 0;
        for (final Entry entry : entries)
            if (entry.number() > number) {
                all += entry.bytes();
                if (all > mostBytes && !found.isEmpty())
                    return found;
                found.add(entry);
            }
        return found;
    }
}
