package retort.registry;

import java.io.Serial;

/**
 * Thrown if a registry does not answer, or does not do what it was asked. The message names the registry, the subject or the schema id,
 * the answer, and a way out. A reader that meets it stops, because a record that is passed over would be lost.
 */
public final class RegistryException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    RegistryException(String message, Throwable cause) {
        super(message, cause);
    }

    RegistryException(String message) {
        super(message);
    }
}
