package retort.compose.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

@Timeout(60)
class ForegroundTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void returnsFalseWhenTheServiceIsDone() throws Exception {
        final Foreground foreground = new Foreground();

        foreground.unless(Mono.empty()); // its completion has no effect
        foreground.until(Mono.empty());

        assertThat(foreground.await()).isFalse();
    }

    @Test
    void throwsTheFirstFailureAsItIs() {
        final IOException broken = new IOException("the disk is full");
        final Foreground foreground = new Foreground();
        foreground.unless(Mono.error(broken));
        foreground.until(Mono.error(new TimeoutException("later")));

        assertThatThrownBy(foreground::await).isSameAs(broken);

        final AssertionError error = new AssertionError("a defect");
        final Foreground other = new Foreground();
        other.until(Mono.error(error));
        assertThatThrownBy(other::await).isSameAs(error);
    }

    @Test
    void waitsForAMonoUntilItEndsOrTimeHasPassed() throws Exception {
        final Foreground foreground = new Foreground();

        assertThat(foreground.await(Mono.just(1), LONG)).isTrue();
        assertThatThrownBy(() -> foreground.await(Mono.error(new IOException("torn")), LONG)).isInstanceOf(IOException.class);
        final Sinks.Empty<Void> never = Sinks.empty();
        assertThat(foreground.await(never.asMono(), Duration.ofMillis(1))).isFalse();
        assertThat(never.currentSubscriberCount()).as("the Mono is cancelled").isZero();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theFirstSignalLetsTheCommandCloseItsServices() throws Exception {
        for (final String signal : new String[]{"INT", "TERM"})
            try (Command command = Command.start("closes")) {
                command.expect("waiting");
                command.signal(signal);
                command.expect("closing after true");
                assertThat(command.exitCode()).as("after SIG" + signal).isZero();
            }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theSecondSignalLeavesAtOnce() throws Exception {
        for (final String[] signals : new String[][]{{"INT", "INT", "130"}, {"TERM", "TERM", "143"}, {"INT", "TERM", "143"}})
            try (Command command = Command.start("hangs")) {
                command.expect("waiting");
                command.signal(signals[0]);
                command.expect("closing after true");
                command.signal(signals[1]);
                assertThat(command.exitCode()).isEqualTo(Integer.parseInt(signals[2]));
            }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aSignalAlsoEndsTheWaitForAMono() throws Exception {
        try (Command command = Command.start("mono")) {
            command.expect("waiting");
            command.signal("TERM");
            command.expect("closing after false");
            assertThat(command.exitCode()).isZero();
        }
    }

    /** The main class of the process that receives the signals. */
    static final class Main {
        public static void main(String[] args) throws Exception {
            final Foreground foreground = new Foreground();
            foreground.until(Mono.never());
            System.out.println("waiting");
            System.out.println(
                    "closing after " + (args[0].equals("mono") ? foreground.await(Mono.never(), LONG) : foreground.await()));
            if (args[0].equals("hangs"))
                Thread.sleep(LONG); // a service that does not close
        }
    }

    /** A process that is killed after {@link #PATIENCE}: one that was started with SIGINT ignored, as by a script's {@code &}, never ends by itself. */
    private record Command(Process process, BufferedReader out) implements AutoCloseable {
        private static final int PATIENCE = 30; // seconds

        static Command start(String mode) throws IOException {
            final Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-Xmx64m",
                    "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                    Main.class.getName(),
                    mode).redirectErrorStream(true).start();
            CompletableFuture.delayedExecutor(PATIENCE, TimeUnit.SECONDS).execute(process::destroyForcibly);
            return new Command(process, process.inputReader(StandardCharsets.UTF_8));
        }

        void expect(String line) throws IOException {
            for (String read = out.readLine(); read != null; read = out.readLine())
                if (read.equals(line))
                    return;
            throw new AssertionError("the process ended, or was killed after " + PATIENCE + " s, without the line '" + line
                    + "': is SIGINT ignored where this test was started?");
        }

        void signal(String name) throws Exception {
            assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor()).isZero();
        }

        int exitCode() throws InterruptedException {
            assertThat(process.waitFor(PATIENCE, TimeUnit.SECONDS)).as("the process ends").isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
