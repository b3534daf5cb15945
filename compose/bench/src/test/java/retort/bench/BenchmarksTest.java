package retort.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchmarksTest {
    @TempDir
    private Path directory;

    @Test
    void everyRegisteredBenchmarkIsACommandWithHelpAndExamples() {
        final CommandLine line = Benchmarks.commandLine();

        assertThat(line.getSubcommands()).containsOnlyKeys("step", "kit", "ingest", "read", "wait", "evaluate");
        for (final String name : line.getSubcommands().keySet()) {
            final StringWriter out = new StringWriter();
            assertThat(line.setOut(new PrintWriter(out)).execute(name, "--help")).isZero();
            assertThat(out.toString()).contains("Usage: retort bench " + name, "Examples:", "retort bench " + name + " ");
        }
    }

    @Test
    void wrongUsageIsExitCodeTwo() {
        final CommandLine line = Benchmarks.commandLine().setErr(new PrintWriter(new StringWriter()));

        assertThat(line.execute("ingest", "--no-publishing")).isEqualTo(2);
        assertThat(line.execute("ingest", "--rounds", "0")).isEqualTo(2);
        assertThat(line.execute("ingest", "--files", "files")).isEqualTo(2);
        assertThat(line.execute("ingest", "--photos", "photos", "--files", "files", "--no-torchvision")).isEqualTo(2);
        assertThat(line.execute("ingest", "--photos", "photos", "--no-crops", "--no-publishing")).isEqualTo(2);
        assertThat(line.execute("ingest", "--photos", "photos", "--store")).isEqualTo(2);
        assertThat(line.execute("step", "--threads", "0", "--contestants", "retort-float32")).isEqualTo(2);
    }

    @Test
    void bothSidesOfTheProtocolAgreeInPython() throws Exception {
        Assumptions.assumeTrue(pythonIsHere(), "there is no python3");
        try (ContestantProcess contestant = ContestantProcess.start("a counter",
                new Python(directory).contestant(BenchmarksTest.class, "counting_contestant.py", Map.of("name", "ünits")))) {
            assertThat(contestant.words()).isEqualTo("counts ünits");
            assertThat(contestant.run(0).units()).isOne();
            final ContestantProcess.Turn turn = contestant.run(0.05);
            assertThat(turn.units()).isGreaterThan(1);
            assertThat(turn.seconds()).isGreaterThanOrEqualTo(0.05);
        }
    }

    @Test
    void aContestantThatFailsInPythonIsShownWithItsError() throws Exception {
        Assumptions.assumeTrue(pythonIsHere(), "there is no python3");
        assertThatThrownBy(() -> ContestantProcess.start("a counter",
                new Python(directory).contestant(BenchmarksTest.class, "counting_contestant.py", Map.of())))
                .isInstanceOf(BenchException.class).hasMessageContaining("a counter ended with exit code 1")
                .hasMessageContaining("KeyError: 'name'");
    }

    @Test
    void medianAndQuotientIgnoreRoundsThatOneSideLacks() {
        assertThat(Rounds.median(List.of())).isEmpty();
        assertThat(Rounds.median(List.of(3.0, 1.0, 2.0))).hasValue(2);
        assertThat(Rounds.median(List.of(4.0, 1.0, 2.0, 3.0))).hasValue(2.5);
        assertThat(Rounds.quotient(List.of(2.0, 9.0, 100.0), List.of(1.0, 3.0))).hasValue(2.5);
    }

    private static boolean pythonIsHere() throws Exception {
        try {
            return new ProcessBuilder("python3", "--version").start().waitFor(20, TimeUnit.SECONDS);
        } catch (IOException e) {
            return false;
        }
    }
}
