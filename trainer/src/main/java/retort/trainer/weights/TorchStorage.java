package retort.trainer.weights;

import java.math.BigInteger;
import java.util.List;
import retort.pickle.Value;
import retort.pickle.Value.Int;
import retort.pickle.Value.Name;
import retort.pickle.Value.None;
import retort.pickle.Value.Persistent;
import retort.pickle.Value.Text;
import retort.pickle.Value.Tuple;

/**
 * The description of a storage in a pickle.
 *
 * @param key its key in the file
 * @param dtype type of its elements
 * @param elements number of its elements
 */
record TorchStorage(String key, DType dtype, long elements) {
    /** @throws WeightsException if the reference is not ('storage', class, key, location, elements[, None]) */
    static TorchStorage of(Persistent reference) {
        if (!(reference.id() instanceof Tuple(final List<Value> parts)) || parts.size() < 5
                || !(parts.get(0) instanceof Text(final String what)) || !what.equals("storage")
                || !(parts.get(1) instanceof final Name type) || !(parts.get(2) instanceof Text(final String key))
                || !(parts.get(4) instanceof Int(final BigInteger elements)))
            throw new WeightsException("it refers to something outside that is no storage");
        if (parts.size() > 5 && !(parts.get(5) instanceof None))
            throw new WeightsException("storage " + key + " is a part of another, as torch before 0.4 wrote them: save it again");
        final DType dtype = TorchNames.storage(type)
                .orElseThrow(() -> new WeightsException("storage " + key + " is a " + type + ", no kind of storage known here"));
        if (elements.signum() < 0 || elements.bitLength() > 59)
            throw new WeightsException("storage " + key + " is said to hold " + elements + " elements");
        return new TorchStorage(key, dtype, elements.longValueExact());
    }

    /**
     * This storage with its bytes as elements of another type.
     *
     * @throws WeightsException if the bytes are not a whole number of such elements
     */
    TorchStorage as(DType other) {
        if (bytes() % other.bytes() != 0)
            throw new WeightsException("storage " + key + " of " + bytes() + " bytes is no whole number of " + other);
        return new TorchStorage(key, other, bytes() / other.bytes());
    }

    long bytes() {
        return elements * dtype.bytes();
    }
}
