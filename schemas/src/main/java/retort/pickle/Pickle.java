package retort.pickle;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Predicate;
import org.apache.avro.util.ByteBufferInputStream;

/**
 * A pickle that was read.
 *
 * @param top the value that the pickle holds
 * @param references all references to objects outside of the pickle, in the order of reading
 * @param bytes length of the pickle
 */
public record Pickle(Value top, List<Value.Persistent> references, long bytes) {
    /** As the other {@link #read(InputStream, long, Predicate) read}, at the position of {@code bytes}, which does not change. */
    public static Pickle read(ByteBuffer bytes, Predicate<Value.Name> known) {
        try (InputStream in = new ByteBufferInputStream(List.of(bytes.slice()))) {
            return read(in, bytes.remaining(), known);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads the pickle at the start of a stream, and no byte beyond it. {@link PickleMachine#MAX_STEPS} and the limits of {@link PickleInput} bound
     * time and memory. No class or function is ever called.
     *
     * @param length number of bytes in the stream; a length in the pickle that goes beyond it is refused before memory is taken
     * @param known true for the names of classes and functions that the pickle may use
     * @throws PickleException if the pickle is refused; the message says why, and at which byte if it is damaged
     * @throws IOException if the stream cannot be read, or ends before its length
     */
    public static Pickle read(InputStream in, long length, Predicate<Value.Name> known) throws IOException {
        return new PickleMachine(new PickleInput(in, length), known).run();
    }
}
