package retort.kafka;

import java.io.Serial;

/** Another process has opened a sink with the same transactional id: this one may publish no more. */
public final class FencedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    FencedException(String transactionalId, Throwable cause) {
        super("another process has taken over transactional id " + transactionalId
                + ": only the latest owner may publish; stop one of the two, or give them different names", cause);
    }
}
