package retort.bench.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import retort.bench.BenchException;
import retort.trainer.learn.Precision;

class KitBenchTest {
    private static final Path GOLDEN = Path.of(System.getProperty("retort.root", "../.."), "trainer", "src", "test", "resources",
            "golden");
    private static final long MOST_BYTES = 60_000_000;

    @TempDir
    private Path directory;

    @Test
    void theFolderHoldsTheProgramsThatTheTrainerCompiles() throws IOException {
        final JsonNode kit = new ObjectMapper().readTree(kit().resolve("kit.json").toFile());

        assertThat(kit.required("cases")).hasSize(6);
        for (final JsonNode step : kit.required("cases")) {
            final StepCase made = new StepCase(StepOptions.models(step.required("models").asText()), 1,
                    step.required("mask").asDouble(),
                    step.required("decoder").asInt());
            for (final Precision precision : Precision.values())
                assertThat(Files.readAllBytes(kit().resolve(step.required("programs").required(precision.toString()).asText())))
                        .isEqualTo(made.spec(precision).archive());
        }
        try (Stream<Path> all = Files.walk(kit())) {
            assertThat(all.filter(Files::isRegularFile).mapToLong(KitBenchTest::size).sum()).isLessThan(MOST_BYTES);
        }
    }

    @Test
    void aFolderThatIsInUseIsLeftAlone() throws IOException {
        Files.writeString(directory.resolve("mine.txt"), "mine");

        assertThatThrownBy(() -> make(directory)).isInstanceOf(BenchException.class).hasMessageContaining(directory.toString())
                .hasMessageContaining("not empty");
        assertThat(directory).isDirectoryContaining("glob:**mine.txt");
    }

    @Test
    void missingReferenceValuesAreNamed() {
        final KitBench bench = new KitBench();
        new CommandLine(bench).parseArgs("--golden", directory.resolve("none").toString(), directory.resolve("kit").toString());
        assertThatThrownBy(bench::call).isInstanceOf(BenchException.class).hasMessageContaining("none")
                .hasMessageContaining("--golden");
    }

    /** The reference sets hold for the program in Python's libtorch, and a step is timed. PyTorch 2.7.1 when this was written. */
    @Test
    void pythonProvesAndTimesTheProgram() throws IOException, InterruptedException {
        final String python = System.getenv().getOrDefault("RETORT_PYTHON", "python3");
        assumeTrue(
                new ProcessBuilder(python, "-c", "import torch").redirectError(ProcessBuilder.Redirect.DISCARD).start()
                        .waitFor() == 0,
                () -> python + " has no PyTorch: set RETORT_PYTHON to a Python that has it");

        final Process process = new ProcessBuilder(python, kit().resolve("kit.py").toString(), "--device", "cpu", "--models",
                "s-b", "--mask",
                "0.98", "--batch", "1", "--rounds", "1").redirectErrorStream(true).start();
        final List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();

        assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
        final JsonNode last = new ObjectMapper().readTree(lines.getLast());
        assertThat(last.required("checksHold").asBoolean()).isTrue();
        assertThat(last.required("results")).extracting(result -> result.required("contestant").asText())
                .containsExactly("program-float32", "lean-float32", "authors-float32", "program-bfloat16", "lean-bfloat16");
    }

    private Path kit() {
        final Path kit = directory.resolve("kit");
        if (!Files.exists(kit))
            make(kit);
        return kit;
    }

    private static void make(Path folder) {
        final KitBench bench = new KitBench();
        new CommandLine(bench).parseArgs("--golden", GOLDEN.toString(), folder.toString());
        bench.call();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
