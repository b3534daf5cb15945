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
    private static final List<String> PACKAGES = List.of("torch==2.7.1", "torchvision==0.22.1", "pillow==13.0.0");
    private static final String CHECK = "import torch, torchvision, PIL; print(torch.__version__, torchvision.__version__)";
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
            if (isThere())
                return;
            final long free = Files.getFileStore(directory).getUsableSpace();
            if (free < NEEDED_BYTES)
                throw new BenchException("torchvision needs 8 GB of free disk in " + directory + ", which has "
                        + free / 1_000_000_000 + " GB: free some, give another folder with --python-dir, or --no-torchvision");
            out.println("installing torchvision 0.22.1 into " + directory + " (once; some 3 GB to download)");
            final List<String> install = new ArrayList<>(
                    List.of("-m", "pip", "install", "--quiet", "--no-cache-dir", "--upgrade", "--target", site().toString()));
            install.addAll(PACKAGES);
            final String answer = run(install);
            if (!isThere())
                throw new BenchException("torchvision did not install into " + directory + ":\n" + answer.strip());
        } catch (IOException e) {
            throw new UncheckedIOException("the benchmark's folder " + directory + " cannot be used: " + e.getMessage(), e);
        }
    }

    ProcessBuilder contestant(List<String> arguments) {
        final List<String> all = new ArrayList<>(List.of(directory.resolve(PROGRAM).toString()));
        all.addAll(arguments);
        return python(all);
    }

    private boolean isThere() throws IOException {
        final String[] versions = run(List.of("-c", CHECK)).split("\\s+");
        return versions.length >= 2 && versions[0].startsWith("2.7.1") && versions[1].startsWith("0.22.1");
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
