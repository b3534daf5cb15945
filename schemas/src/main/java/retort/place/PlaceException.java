package retort.place;

import org.jspecify.annotations.Nullable;

/**
 * A place that cannot be read or written now: it does not answer, it denies access, or its objects were replaced. It is no
 * {@link java.io.IOException}, because it says nothing about one sample: a service that meets it stops, and goes on where it was when
 * it is started again. An object that is missing is a {@link java.nio.file.NoSuchFileException}.
 */
public final class PlaceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message names the place without secrets, what was found, and the way out */
    public PlaceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
