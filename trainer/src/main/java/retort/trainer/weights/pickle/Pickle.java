package retort.trainer.weights.pickle;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Predicate;

/**
 * A pickle that was read.
 *
 * @param top what it holds
 * @param references every reference to something outside, in the order of reading
 * @param bytes its length
 */
public record Pickle(Value top, List<Value.Persistent> references, int bytes) {
    /**
     * Reads the pickle at the start of {@code bytes}, whose position stays. Time and memory are bounded by
     * {@link PickleMachine#MAX_STEPS}; nothing is called, whatever it asks for.
     *
     * @param known names that the pickle may use: classes and functions, none of which is called
     * @throws PickleException that says what is wrong, and at which byte
     */
    public static Pickle read(ByteBuffer bytes, Predicate<Value.Name> known) {
        return new PickleMachine(bytes, known).run();
    }
}
