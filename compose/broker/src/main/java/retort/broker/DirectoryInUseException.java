package retort.broker;

import java.io.Serial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Thrown if another broker runs on the directory. The message names the directory and a way out. */
public final class DirectoryInUseException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public DirectoryInUseException(Path directory, @Nullable Throwable cause) {
        super("another broker runs on " + directory + ": stop it first, or choose another directory", cause);
    }
}
