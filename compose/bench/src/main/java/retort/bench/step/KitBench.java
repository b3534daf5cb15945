package retort.bench.step;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import retort.bench.Benchmark;
import retort.bench.BenchException;
import retort.trainer.learn.Precision;

/**
 * {@code retort bench kit}: writes a folder that proves and times the training program on a machine without Java. The folder holds the very
 * archives that a trainer compiles, reference values, and one Python file to run.
 */
@Command(name = "kit", mixinStandardHelpOptions = true, sortOptions = false, description = "Writes a folder that checks and times the training program where there is PyTorch and no Java.", footerHeading = "%nExamples:%n", footer = {
        "  retort bench kit /tmp/kit ; python /tmp/kit/kit.py",
        "  retort bench kit --golden trainer/src/test/resources/golden /tmp/kit"})
public final class KitBench implements Benchmark {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Double> MASKS = List.of(0.75, 0.95, 0.98);
    private static final int DECODER = 8;
    private static final List<String> FILES = List.of("kit.py", "program_step.py", "step_contestant.py");
    private static final List<String> CHECKED = List.of("weights", "head_weights", "distill_forward", "distill_train");

    @Parameters(paramLabel = "DIR", description = "The folder, which is made; an existing one must be empty.")
    private Path folder = Path.of("kit");

    @Option(names = "--golden", paramLabel = "DIR", description = "The reference values (default: those of the checkout that this launcher stands in).")
    private @Nullable Path golden;

    @Override
    public Integer call() {
        try {
            final Path values = golden();
            requireEmpty();
            Files.createDirectories(folder.resolve("programs"));
            for (final String file : FILES)
                copy(StepBench.class, file);
            copy(Benchmark.class, "contestant.py");
            copyGolden(values);
            Files.writeString(folder.resolve("kit.json"), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(describe()));
        } catch (IOException e) {
            throw new BenchException("the kit cannot be written to " + folder + ": " + e + "; give another folder");
        }
        System.out.println("kit: " + folder + "   run: python " + folder.resolve("kit.py"));
        return 0;
    }

    private Path golden() {
        final String home = System.getenv("RETORT_HOME");
        final Path found = golden != null
                ? golden
                : Path.of(home == null ? "compose" : home)
                        .resolveSibling(Path.of("trainer", "src", "test", "resources", "golden"));
        if (!Files.isRegularFile(found.resolve("manifest.json")) && !Files.isDirectory(found))
            throw new BenchException("there are no reference values in " + found + ": give their folder with --golden");
        return found;
    }

    private void requireEmpty() throws IOException {
        if (!Files.exists(folder))
            return;
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent())
                throw new BenchException(folder + " is not empty: give a folder that does not exist");
        }
    }

    private void copy(Class<?> owner, String file) throws IOException {
        try (InputStream content = owner.getResourceAsStream(file)) {
            if (content == null)
                throw new BenchException(file + " is not on the class path: build Retort again");
            Files.copy(content, folder.resolve(file));
        }
    }

    /** Copies the sets that kit.py checks, with the files that they name. */
    private void copyGolden(Path from) throws IOException {
        final Path to = Files.createDirectories(folder.resolve("golden"));
        final List<Path> sets;
        try (Stream<Path> files = Files.list(from)) {
            sets = files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
        int copied = 0;
        for (final Path set : sets) {
            final var json = JSON.readTree(set.toFile());
            if (!CHECKED.contains(json.path("kind").asText()))
                continue;
            Files.copy(set, to.resolve(set.getFileName()));
            final Path tensors = Path.of(json.path("tensors").asText()).getFileName();
            Files.copy(from.resolve(tensors), to.resolve(tensors));
            copied++;
        }
        if (copied == 0)
            throw new BenchException(
                    "there are no reference values for distillation in " + from + ": give their folder with --golden");
    }

    private Map<String, Object> describe() throws IOException {
        final List<Map<String, Object>> cases = new ArrayList<>();
        String checks = "";
        for (final StepCase.Models models : StepCase.Models.values())
            for (final double mask : MASKS) {
                final StepCase step = new StepCase(models, 1, mask, DECODER);
                final Map<String, String> programs = new TreeMap<>();
                for (final Precision precision : Precision.values()) {
                    final String name = "programs/%s-%02.0f-%s.pt".formatted(StepOptions.name(models), 100 * mask, precision);
                    Files.write(folder.resolve(name), step.spec(precision).archive());
                    programs.put(precision.toString(), name);
                }
                checks = programs.getOrDefault(Precision.FLOAT32.toString(), checks);
                final Map<String, Object> described = ProgramCase.describe(step, step.spec(Precision.FLOAT32));
                described.putAll(Map.of("title", models.title + ", %.0f%% masked".formatted(100 * mask), "operations",
                        step.operations(), "programs", programs));
                cases.add(described);
            }
        return new TreeMap<>(Map.of("version", 1, "checks", checks, "cases", cases));
    }
}
