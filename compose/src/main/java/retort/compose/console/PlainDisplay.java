package retort.compose.console;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Prints lines one below the other. It prints the text of a service again when it has changed and the pace has passed since its last line. */
final class PlainDisplay implements Display {
    private record Shown(String text, long at) {
    }

    private final OutputStream out;
    private final long paceNanos;
    private final Map<String, Shown> shown = new HashMap<>();

    PlainDisplay(OutputStream out, Duration pace) {
        this.out = out;
        this.paceNanos = pace.toNanos();
    }

    @Override
    public void show(List<String> lines, List<StatusBoard.Row> rows, long now) {
        final StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        for (final StatusBoard.Row row : rows) {
            final Shown last = shown.get(row.service());
            if (last == null || now - last.at() >= paceNanos)
                append(text, row, now);
        }
        write(text);
    }

    @Override
    public void end(List<StatusBoard.Row> rows) {
        final StringBuilder text = new StringBuilder();
        rows.forEach(row -> append(text, row, 0));
        write(text);
    }

    private void append(StringBuilder to, StatusBoard.Row row, long now) {
        final String text = row.text();
        final Shown last = shown.get(row.service());
        if (text.isEmpty() || last != null && last.text().equals(text))
            return;
        to.append(row.service()).append(": ").append(text).append('\n');
        shown.put(row.service(), new Shown(text, now));
    }

    private void write(StringBuilder text) {
        if (text.isEmpty())
            return;
        try {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            shown.clear(); // the reader is gone; the services go on
        }
    }
}
