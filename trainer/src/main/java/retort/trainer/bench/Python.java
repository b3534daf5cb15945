package retort.trainer.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * PyTorch in a folder of the benchmark's own: nothing else on the machine sees it, and nothing else of Retort needs it.
 *
 * @param directory holds {@code site} with the packages, and the contestants' program
 */
record Python(Path directory) {
    private static final String TORCH = "2.7.1";
    /** The wheel of torch for Linux brings CUDA along, 5 GB, and pip unpacks beside what it downloads. */
    private static final long NEEDED_BYTES = 8_000_000_000L;

    /** Installs what is missing, which may take minutes. @throws BenchException where that cannot be done, and what would help */
    void install(PrintStream out) {
        try {
            Files.createDirectories(directory);
            try (InputStream program = Python.class.getResourceAsStream("contestant.py")) {
                if (program == null)
                    throw new BenchException("contestant.py is not on the class path: build Retort again");
                Files.copy(program, program(), StandardCopyOption.REPLACE_EXISTING);
            }
            if (run(List.of("-c", "import torch; print(torch.__version__)")).startsWith(TORCH))
                return;
            final long free = Files.getFileStore(directory).getUsableSpace();
            if (free < NEEDED_BYTES)
                throw new BenchException("PyTorch " + TORCH + " needs 8 GB of free disk in " + directory + ", which has "
                        + free / 1_000_000_000 + " GB: free some, or give another folder with --python-dir");
            out.println("installing PyTorch " + TORCH + " into " + directory + " (once; some 3 GB to download)");
            final String answer = run(List.of("-m", "pip", "install", "--quiet", "--no-cache-dir", "--target", site().toString(),
                    "torch==" + TORCH, "numpy"));
            if (!run(List.of("-c", "import torch; print(torch.__version__)")).startsWith(TORCH))
                throw new BenchException("PyTorch " + TORCH + " did not install into " + directory + ":\n" + answer.strip());
        } catch (IOException e) {
            throw new UncheckedIOException("the benchmark's folder " + directory + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** A process that runs the contestants' program. */
    ProcessBuilder contestant(String argument) {
        final ProcessBuilder builder = new ProcessBuilder("python3", program().toString(), argument);
        builder.environment().put("PYTHONPATH", site().toString());
        builder.environment().remove("MALLOC_ARENA_MAX"); // the launcher's, for the JVM; Python runs as its users run it
        return builder;
    }

    private Path site() {
        return directory.resolve("site");
    }

    private Path program() {
        return directory.resolve("contestant.py");
    }

    /** @return what it printed, errors too */
    private String run(List<String> arguments) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder("python3").redirectErrorStream(true);
        builder.command().addAll(arguments);
        builder.environment().put("PYTHONPATH", site().toString());
        final Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new BenchException("there is no python3 to run PyTorch with: install Python 3.9 to 3.13 with pip");
        }
        try (InputStream output = process.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
