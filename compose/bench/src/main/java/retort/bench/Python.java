package retort.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Python packages in a folder that only the benchmarks use. No other program sees that folder, and the rest of Retort does not need it.
 *
 * @param directory the folder; it holds {@code site} with the packages, and the contestants' programs
 */
public record Python(Path directory) {
    /** PyTorch of the version that Retort's engine is built on. */
    public static final String TORCH = "2.7.1";
    private static final String PROTOCOL = "contestant.py";
    /** The wheel of torch for Linux contains CUDA, 5 GB, and pip unpacks it beside the downloaded file. */
    private static final long NEEDED_BYTES = 8_000_000_000L;
    private static final Requirement PYTORCH = new Requirement("torch", "torch", TORCH);

    /**
     * A package that a contestant imports.
     *
     * @param module name of the module in an {@code import} statement
     * @param distribution name of the package for pip
     * @param version version that is installed; {@code module.__version__} must begin with it
     */
    public record Requirement(String module, String distribution, String version) {
        private String pin() {
            return distribution + "==" + version;
        }
    }

    /**
     * Installs PyTorch and {@code others} if they are missing. This may take minutes.
     *
     * @param out receives a line before PyTorch is installed
     * @param others packages that need only PyTorch and NumPy
     * @throws BenchException if the installation is not possible; the message gives a way out
     */
    public void install(PrintStream out, Requirement... others) {
        try {
            Files.createDirectories(directory);
            if (!has(PYTORCH)) {
                requireSpace();
                out.println("installing PyTorch " + TORCH + " into " + directory + " (once; some 3 GB to download)");
                install(List.of(PYTORCH), PYTORCH.pin(), "numpy");
            }
            final List<Requirement> missing = Stream.of(others).filter(other -> !has(other)).toList();
            if (!missing.isEmpty()) // without dependencies, because torch is large and already installed
                install(missing,
                        Stream.concat(Stream.of("--no-deps"), missing.stream().map(Requirement::pin)).toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException("the benchmark's folder " + directory + " cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * The command that starts a contestant, for {@link ContestantProcess#start}.
     *
     * @param program name of a resource in the package of {@code owner}; the program imports {@code contestant.py}
     * @param description becomes the JSON object that is the program's argument
     * @param imported other resources in the package of {@code owner}, which the program imports
     */
    public ProcessBuilder contestant(Class<?> owner, String program, Map<String, ?> description, String... imported) {
        try {
            unpack(Python.class, PROTOCOL);
            unpack(owner, program);
            for (final String other : imported)
                unpack(owner, other);
            return python(List.of(directory.resolve(program).toString(), new ObjectMapper().writeValueAsString(description)));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        } catch (IOException e) {
            throw new UncheckedIOException("the benchmark's folder " + directory + " cannot be used: " + e.getMessage(), e);
        }
    }

    private void unpack(Class<?> owner, String name) throws IOException {
        Files.createDirectories(directory);
        try (InputStream program = owner.getResourceAsStream(name)) {
            if (program == null)
                throw new BenchException(name + " is not on the class path: build Retort again");
            Files.copy(program, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void requireSpace() throws IOException {
        final long free = Files.getFileStore(directory).getUsableSpace();
        if (free < NEEDED_BYTES)
            throw new BenchException("PyTorch " + TORCH + " needs 8 GB of free disk in " + directory + ", which has "
                    + free / 1_000_000_000 + " GB: free some, or give another folder with --python-dir");
    }

    private void install(List<Requirement> wanted, String... packages) {
        final List<String> pip = new ArrayList<>(
                List.of("-m", "pip", "install", "--quiet", "--no-cache-dir", "--upgrade", "--target", site().toString()));
        pip.addAll(List.of(packages));
        final String answer = run(pip);
        for (final Requirement each : wanted)
            if (!has(each))
                throw new BenchException(each.distribution() + " " + each.version() + " did not install into " + directory + ":\n"
                        + answer.strip());
    }

    private boolean has(Requirement wanted) {
        return run(List.of("-c", "import " + wanted.module() + " as module; print(module.__version__)")).strip()
                .startsWith(wanted.version());
    }

    /** @return standard output and standard error together */
    private String run(List<String> arguments) {
        final Process process;
        try {
            process = python(arguments).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new BenchException("python3 cannot be started (" + e.getMessage() + "): install Python 3.9 to 3.13 with pip");
        }
        try (InputStream output = process.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessBuilder python(List<String> arguments) {
        final List<String> command = new ArrayList<>(List.of("python3"));
        command.addAll(arguments);
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PYTHONPATH", site().toString());
        builder.environment().remove("MALLOC_ARENA_MAX"); // the launcher sets it for the JVM; Python runs as its users run it
        return builder;
    }

    private Path site() {
        return directory.resolve("site");
    }
}
