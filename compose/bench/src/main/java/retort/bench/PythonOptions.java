package retort.bench;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --python-dir}, a mixin of every benchmark that has a contestant in Python. */
public final class PythonOptions {
    @Option(names = "--python-dir", paramLabel = "DIR", defaultValue = "${sys:user.home}/.cache/retort/bench-python", description = "Where the Python packages are, or will be installed (PyTorch "
            + Python.TORCH + ", 5 GB; default: ~/.cache/retort/bench-python).")
    private Path directory = Path.of("bench-python");

    public Python python() {
        return new Python(directory.toAbsolutePath());
    }
}
