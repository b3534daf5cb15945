package retort.compose.console;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import retort.console.StatusLine;
import retort.thread.Worker;

/**
 * Shows the status lines of a process. On a terminal it shows one live line for each service, and printed lines scroll by above these
 * lines. Elsewhere it prints plain lines at a steady pace. Any thread may call any method, and no method waits for the terminal, because
 * one thread, {@code retort-status}, writes each frame in one piece. While the terminal accepts no output, a newer status text replaces
 * the older one, and printed lines beyond a limit are dropped and counted. The next frame shows the count.
 * <p>
 * {@code System.setOut(board.stream())} sends the log through the board.
 */
final class StatusBoard implements AutoCloseable {
    /** The time between two frames of live lines. */
    private static final Duration FRAME = Duration.ofMillis(200);
    private static final int MAX_WAITING_LINES = 8192;
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final Display display;
    private final LineStream lines = new LineStream(this::print);
    private final PrintStream stream = new PrintStream(lines, true, StandardCharsets.UTF_8);
    private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(MAX_WAITING_LINES);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicInteger order = new AtomicInteger();
    private final Map<String, Row> byService = new ConcurrentHashMap<>();
    private final Map<Integer, Row> rows = new ConcurrentSkipListMap<>();
    private final Worker worker = Worker.named("retort-status");
    /** True while a frame that shows the waiting lines is queued, so that the worker's queue stays short. */
    private final AtomicBoolean queued = new AtomicBoolean();

    private StatusBoard(Display display) {
        this.display = display;
    }

    /**
     * Opens a board that writes to {@code out} and does not close it.
     *
     * @param plainPace the shortest time between two lines of one service in {@link ConsoleMode#PLAIN}
     */
    static StatusBoard open(OutputStream out, ConsoleMode mode, Duration plainPace) {
        final Display display = switch (mode) {
            case LIVE_COLOUR -> new LiveDisplay(out, true);
            case LIVE -> new LiveDisplay(out, false);
            case PLAIN -> new PlainDisplay(out, plainPace);
        };
        final StatusBoard board = new StatusBoard(display);
        board.worker.repeat(board::show, FRAME);
        return board;
    }

    /** The line of {@code service}, the same object at every call. Lines are shown in the order of their first call. */
    StatusLine line(String service) {
        return byService.computeIfAbsent(service, name -> {
            final Row row = new Row(name);
            rows.put(order.getAndIncrement(), row);
            return row;
        });
    }

    /** Prints a line that stays. */
    void print(String line) {
        if (!waiting.offer(line))
            dropped.incrementAndGet();
        if (!queued.getAndSet(true))
            worker.offer(this::show);
    }

    /** A stream that prints whole lines. A line without an end waits for the rest. */
    PrintStream stream() {
        return stream;
    }

    /**
     * Shows the remaining lines and the last text of every row, then stops. Restore {@code System.out} before this call, because lines that
     * are printed later are not shown. This method waits for the terminal for at most two seconds.
     */
    @Override
    public void close() {
        lines.close();
        worker.offer(() -> {
            show();
            display.end(List.copyOf(rows.values()));
        });
        worker.close(CLOSE_WAIT);
    }

    private void show() {
        queued.set(false);
        final List<String> frame = new ArrayList<>();
        waiting.drainTo(frame);
        final long lost = dropped.getAndSet(0);
        if (lost > 0)
            frame.add("(" + lost + " lines were dropped: the terminal did not take them)");
        display.show(frame, List.copyOf(rows.values()), System.nanoTime());
    }

    /** The text of one service. Any thread writes it; the board's thread reads it. */
    static final class Row implements StatusLine {
        private final String service;
        private volatile String text = "";

        Row(String service) {
            this.service = service;
        }

        @Override
        public void update(String text) {
            this.text = text.codePoints().anyMatch(Character::isISOControl)
                    ? text.replaceAll("\\p{Cntrl}", " ")
                    : text;
        }

        String service() {
            return service;
        }

        /** The text, empty before the first update. */
        String text() {
            return text;
        }
    }
}
