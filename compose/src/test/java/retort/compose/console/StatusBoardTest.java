package retort.compose.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import retort.console.StatusLine;

class StatusBoardTest {
    private static final Duration NEVER_AGAIN = Duration.ofDays(1);
    private static final String NO_WRAP = "\u001B[?7l";
    private static final String WRAP = "\u001B[?7h";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void redrawsLiveLinesInPlaceAndPrintsAboveThem() {
        final LiveDisplay display = new LiveDisplay(out, false);
        final StatusBoard.Row ingest = row("ingest", "100 images");
        final StatusBoard.Row trainer = row("trainer", "step 1");

        display.show(List.of(), List.of(ingest, trainer), 0);
        trainer.update("step 2");
        display.show(List.of("a log line"), List.of(ingest, trainer), 0);

        assertThat(written()).isEqualTo(NO_WRAP + "ingest   100 images\ntrainer  step 1\n" + WRAP
                + "\r\u001B[2A\u001B[J" + "a log line\n" + NO_WRAP + "ingest   100 images\ntrainer  step 2\n" + WRAP);
    }

    @Test
    void writesNothingWhileNothingChanges() {
        final LiveDisplay display = new LiveDisplay(out, true);
        final StatusBoard.Row trainer = row("trainer", "step 1");
        display.show(List.of(), List.of(trainer), 0);
        final String first = written();

        display.show(List.of(), List.of(trainer), 0);

        assertThat(written()).isEqualTo(first).contains("\u001B[36mtrainer\u001B[0m  step 1");
    }

    @Test
    void showsNoRowBeforeItHasText() {
        new LiveDisplay(out, false).show(List.of("log"), List.of(new StatusBoard.Row("trainer")), 0);

        assertThat(written()).isEqualTo("log\n");
    }

    @Test
    void plainLinesComeAtASteadyPaceAndOnlyWhenTheyChanged() {
        final PlainDisplay display = new PlainDisplay(out, Duration.ofSeconds(5));
        final StatusBoard.Row trainer = row("trainer", "step 1");
        final long second = 1_000_000_000L;

        display.show(List.of(), List.of(trainer), 0);
        trainer.update("step 2");
        display.show(List.of("log"), List.of(trainer), 4 * second);
        display.show(List.of(), List.of(trainer), 5 * second);
        display.show(List.of(), List.of(trainer), 11 * second);

        assertThat(written()).isEqualTo("trainer: step 1\nlog\ntrainer: step 2\n");
    }

    @Test
    void closingShowsEveryLastText() {
        final StatusBoard board = StatusBoard.open(out, ConsoleMode.PLAIN, NEVER_AGAIN);
        board.line("trainer").update("step 1");
        await().untilAsserted(() -> assertThat(written()).isEqualTo("trainer: step 1\n"));

        board.line("trainer").update("step 99\u001B[1mdone");
        board.stream().print("unfinished");
        board.close();

        assertThat(written()).isEqualTo("trainer: step 1\nunfinished\ntrainer: step 99 [1mdone\n");
    }

    @Test
    void linesOfManyThreadsStayWhole() {
        try (StatusBoard board = StatusBoard.open(out, ConsoleMode.PLAIN, NEVER_AGAIN)) {
            final PrintStream stream = board.stream();
            final List<Thread> writers = IntStream.range(0, 4).mapToObj(w -> Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 500; i++)
                    stream.printf("writer %d says Grüße %d%n", w, i);
            })).toList();
            writers.forEach(StatusBoardTest::join);
        }

        assertThat(written().lines().sorted()).containsExactlyElementsOf(IntStream.range(0, 4).boxed()
                .flatMap(w -> IntStream.range(0, 500).mapToObj(i -> "writer " + w + " says Grüße " + i)).sorted().toList());
    }

    @Test
    void aTerminalThatStandsStillHoldsNobodyUp() {
        final CountDownLatch moves = new CountDownLatch(1);
        final List<String> received = new ArrayList<>();
        final OutputStream stuck = new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("frames are written in one piece");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                try {
                    moves.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                received.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
            }
        };
        final StatusBoard board = StatusBoard.open(stuck, ConsoleMode.PLAIN, NEVER_AGAIN);
        final StatusLine line = board.line("trainer");

        for (int i = 0; i < 20_000; i++) { // never returns if a call waits for the terminal
            line.update("step " + i);
            board.print("line " + i);
        }
        moves.countDown();
        await().untilAsserted(() -> assertThat(received.size()).isGreaterThanOrEqualTo(2));
        board.close();

        final List<String> shown = String.join("", received).lines().toList();
        assertThat(shown).anyMatch(text -> text.matches("\\(\\d+ lines were dropped: .*")).hasSizeLessThan(20_000)
                .contains("line 0").endsWith("trainer: step 19999");
    }

    @Test
    void findsOutWhatTheConsoleCanShow() {
        assertThat(ConsoleMode.of(true, Map.of("TERM", "xterm"))).isEqualTo(ConsoleMode.LIVE_COLOUR);
        assertThat(ConsoleMode.of(true, Map.of("TERM", "xterm", "NO_COLOR", "1"))).isEqualTo(ConsoleMode.LIVE);
        assertThat(ConsoleMode.of(true, Map.of("TERM", "xterm", "NO_COLOR", ""))).isEqualTo(ConsoleMode.LIVE_COLOUR);
        assertThat(ConsoleMode.of(true, Map.of("TERM", "dumb"))).isEqualTo(ConsoleMode.PLAIN);
        assertThat(ConsoleMode.of(true, Map.of())).isEqualTo(ConsoleMode.PLAIN);
        assertThat(ConsoleMode.of(false, Map.of("TERM", "xterm"))).isEqualTo(ConsoleMode.PLAIN);
    }

    private String written() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private static StatusBoard.Row row(String service, String text) {
        final StatusBoard.Row row = new StatusBoard.Row(service);
        row.update(text);
        return row;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
