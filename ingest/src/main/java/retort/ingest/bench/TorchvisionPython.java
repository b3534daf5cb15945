package retort.ingest.bench;

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

/**
 * torchvision in a folder of the benchmark's own: nothing else on the machine sees it.
 *
 * @param directory holds {@code site} with the packages, and the contestant's program
 */
record TorchvisionPython(Path directory) {
    private static final String PROGRAM = "torchvision_contestant.py";
    private static final String TORCH = "2.7.1";
    private static final String TORCHVISION = "0.22.1";
    private static final String PILLOW = "13.0.0";
    /** The wheel of torch for Linux brings CUDA along, 5 GB, and pip unpacks beside what it downloads. */
    private static final long NEEDED_BYTES = 8_000_000_000L;

    /** Installs what is missing, which may take minutes. @throws BenchException where that cannot be done, and what would help */
    void install(PrintStream out) {
        try {
            Files.createDirectories(directory);
            try (InputStream program = TorchvisionPython.class.getResourceAsStream(PROGRAM)) {
                if (program == null)
                    throw new BenchException(PROGRAM + " is not on the class path: build Retort again");
                Files.copy(program, directory.resolve(PROGRAM), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!has("torch", TORCH)) {
                requireRoom();
                out.println("installing PyTorch " + TORCH + " into " + directory + " (once; some 3 GB to download)");
                install("torch==" + TORCH, "numpy");
            }
            if (!has("torchvision", TORCHVISION) || !has("PIL", PILLOW)) // without dependencies: torch is there, and is large
                install("--no-deps", "torchvision==" + TORCHVISION, "pillow==" + PILLOW);
            if (!has("torchvision", TORCHVISION) || !has("PIL", PILLOW))
                throw new BenchException(
                        "torchvision " + TORCHVISION + " and Pillow " + PILLOW + " did not install into " + directory
                                + ": what pip said is above");
        } catch (IOException e) {
            throw new UncheckedIOException("the benchmark's folder " + directory + " cannot be used: " + e.getMessage(), e);
        }
    }

    ProcessBuilder contestant(List<String> arguments) {
        final List<String> all = new ArrayList<>(List.of(directory.resolve(PROGRAM).toString()));
        all.addAll(arguments);
        return python(all);
    }

    private void requireRoom() throws IOException {
        final long free = Files.getFileStore(directory).getUsableSpace();
        if (free < NEEDED_BYTES)
            throw new BenchException("PyTorch and torchvision need 8 GB of free disk in " + directory + ", which has "
                    + free / 1_000_000_000 + " GB: free some, give another folder with --python-dir, or --no-torchvision");
    }

    private void install(String... packages) throws IOException {
        final List<String> pip = new ArrayList<>(
                List.of("-m", "pip", "install", "--quiet", "--no-cache-dir", "--upgrade", "--target", site().toString()));
        pip.addAll(List.of(packages));
        System.err.print(run(pip));
    }

    private boolean has(String module, String version) throws IOException {
        return run(List.of("-c", "import " + module + "; print(" + module + ".__version__)")).strip().startsWith(version);
    }

    /** Everything that it printed. */
    private String run(List<String> arguments) throws IOException {
        try {
            final Process process = python(arguments).redirectErrorStream(true).start();
            final String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return answer;
        } catch (IOException e) {
            throw new BenchException("python3 cannot be started (" + e.getMessage() + "): install it, or give --no-torchvision");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while Python ran");
        }
    }

    private ProcessBuilder python(List<String> arguments) {
        final List<String> command = new ArrayList<>(List.of("python3"));
        command.addAll(arguments);
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PYTHONPATH", site().toString());
        builder.environment().remove("MALLOC_ARENA_MAX"); // the launcher's, for the JVM; Python runs as its users run it
        return builder;
    }

    private Path site() {
        return directory.resolve("site");
    }
}
