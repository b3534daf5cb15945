package retort.place;

import java.util.Optional;

/**
 * Memory for bytes that are fetched before anyone asks for them. A budget that is shared with others implements it. Any thread.
 */
@FunctionalInterface
public interface Room {
    /** No bytes are fetched ahead. */
    Room NONE = bytes -> Optional.empty();

    /**
     * Takes {@code bytes} without waiting.
     *
     * @return the holder of the bytes, which is closed once, by any thread; empty if they are not free
     */
    Optional<Held> take(long bytes);

    /** Bytes that are held. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }
}
