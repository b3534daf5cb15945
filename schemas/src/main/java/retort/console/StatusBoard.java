package retort.console;

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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Shows the services of a process: a live line each on a terminal, with printed lines scrolling by above them, and plain
 * lines at a steady pace elsewhere. Everything may be called from any thread and nothing waits for the terminal: one daemon
 * thread ({@code retort-status}) writes, a frame in one piece, so that lines never tear. When the terminal stands still,
 * status texts are overwritten and printed lines are dropped past a bound, counted, and the count is shown.
 * <p>
 * Log output joins in through {@link #stream}: {@code System.setOut(board.stream())}.
 */
public final class StatusBoard implements AutoCloseable {
    /** Between two frames of live lines. */
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
    private final Thread thread = Thread.ofPlatform().name("retort-status").daemon().unstarted(this::run);
    private volatile boolean closed;

    private StatusBoard(Display display) {
        this.display = display;
    }

    /**
     * A board on {@code out}, which it writes to until it is closed and does not close.
     *
     * @param plainPace least time between two lines of one service in {@link ConsoleMode#PLAIN}
     */
    public static StatusBoard open(OutputStream out, ConsoleMode mode, Duration plainPace) {
        final Display display = switch (mode) {
            case LIVE_COLOUR -> new LiveDisplay(out, true);
            case LIVE -> new LiveDisplay(out, false);
            case PLAIN -> new PlainDisplay(out, plainPace);
        };
        final StatusBoard board = new StatusBoard(display);
        board.thread.start();
        return board;
    }

    /** The line of {@code service}, the same one at every call; lines stand in the order of their first call. */
    public StatusLine line(String service) {
        return byService.computeIfAbsent(service, name -> {
            final Row row = new Row(name);
            rows.put(order.getAndIncrement(), row);
            return row;
        });
    }

    /** Prints a line that stays. */
    public void print(String line) {
        if (!waiting.offer(line))
            dropped.incrementAndGet();
    }

    /** Whole lines written to this stream are printed; the rest of a line waits for its end. */
    public PrintStream stream() {
        return stream;
    }

    /**
     * Shows what is still to be shown, then stops; what is printed later is not shown, so give {@code System.out} back first.
     * Waits for the terminal two seconds at most.
     */
    @Override
    public void close() {
        lines.close();
        closed = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long lastFrame = System.nanoTime() - FRAME.toNanos();
        while (!closed) {
            final List<String> lines = new ArrayList<>();
            try {
                final String first = waiting.poll(FRAME.toNanos() - (System.nanoTime() - lastFrame), TimeUnit.NANOSECONDS);
                if (first != null)
                    lines.add(first);
            } catch (InterruptedException e) {
                break; // only close() interrupts
            }
            lastFrame = System.nanoTime();
            show(lines, lastFrame);
        }
        Thread.interrupted(); // a pending interrupt would close an interruptible channel below
        show(new ArrayList<>(), System.nanoTime());
        display.end(List.copyOf(rows.values()));
    }

    private void show(List<String> lines, long now) {
        waiting.drainTo(lines);
        final long lost = dropped.getAndSet(0);
        if (lost > 0)
            lines.add("(" + lost + " lines were dropped: the terminal did not take them)");
        display.show(lines, List.copyOf(rows.values()), now);
    }

    /** One service's text; written by any thread, read by the board's. */
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

        /** Empty while there is nothing to show. */
        String text() {
            return text;
        }
    }
}
