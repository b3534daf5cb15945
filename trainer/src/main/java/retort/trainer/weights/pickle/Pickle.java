package retort.trainer.weights.pickle;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Predicate;

/**
 * A pickle that was read.
 *
 * @param top the value that the pickle holds
 * @param references all references to objects outside of the pickle, in the order of reading
 * @param bytes length of the pickle
 */
public record Pickle(Value top, List<Value.Persistent> references, int bytes) {
    /**
     * Reads the pickle at the position of {@code bytes}, which does not change. {@link PickleMachine#MAX_STEPS} and the limits of
     * {@link PickleBytes} bound time and memory. No class or function is ever called.
     *
     * @param known true for the names of classes and functions that the pickle may use
     * @throws PickleException if the pickle is refused; the message says why, and at which byte if it is damaged
     */
    public static Pickle read(ByteBuffer bytes, Predicate<Value.Name> known) {
        return new PickleMachine(bytes, known).run();
    }
}
