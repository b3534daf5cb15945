package retort.compose.console;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Redraws rows in place at the bottom of a terminal with ECMA-48 sequences. Between two frames the cursor is at the start of the line
 * below the rows, so that the terminal stays usable if the process dies. Line wrapping is off while rows are drawn. The terminal itself
 * cuts a row that is too long, so this class does not need to know the width.
 */
final class LiveDisplay implements Display {
    private static final String ESC = "\u001B[";
    private static final String NO_WRAP = ESC + "?7l";
    private static final String WRAP = ESC + "?7h";
    private static final String ERASE_BELOW = ESC + "J";

    private final OutputStream out;
    private final boolean colour;
    private List<String> drawn = List.of();

    LiveDisplay(OutputStream out, boolean colour) {
        this.out = out;
        this.colour = colour;
    }

    @Override
    public void show(List<String> lines, List<StatusBoard.Row> rows, long now) {
        final List<String> next = draw(rows);
        if (lines.isEmpty() && next.equals(drawn))
            return;
        final StringBuilder frame = new StringBuilder();
        if (!drawn.isEmpty())
            frame.append('\r').append(ESC).append(drawn.size()).append('A').append(ERASE_BELOW);
        lines.forEach(line -> frame.append(line).append('\n'));
        if (!next.isEmpty()) {
            frame.append(NO_WRAP);
            next.forEach(row -> frame.append(row).append('\n'));
            frame.append(WRAP);
        }
        drawn = next;
        try {
            out.write(frame.toString().getBytes(StandardCharsets.UTF_8)); // one write, so that no other output comes between
            out.flush();
        } catch (IOException e) {
            drawn = List.of(); // the terminal is gone; the services go on
        }
    }

    @Override
    public void end(List<StatusBoard.Row> rows) {
        // the last frame is on the terminal already
    }

    private List<String> draw(List<StatusBoard.Row> rows) {
        final int width = rows.stream().mapToInt(row -> row.service().length()).max().orElse(0);
        return rows.stream().map(row -> new String[]{row.service(), row.text()}).filter(row -> !row[1].isEmpty())
                .map(row -> name(row[0] + " ".repeat(width - row[0].length())) + "  " + row[1]).toList();
    }

    private String name(String padded) {
        return colour ? ESC + "36m" + padded + ESC + "0m" : padded;
    }
}
