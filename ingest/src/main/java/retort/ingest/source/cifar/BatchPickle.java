package retort.ingest.source.cifar;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import retort.pickle.Pickle;
import retort.pickle.PickleException;
import retort.pickle.Value;

/**
 * A pickle of the Python version of CIFAR: a dictionary of numbers, texts, lists and one array of NumPy. Nothing in it is ever run: the few
 * functions that make an array are known by their names. The bytes of the array are passed over, and their place is told. Confined to one thread.
 */
final class BatchPickle {
    private static final Set<String> KNOWN = Set.of("numpy.ndarray", "numpy.dtype", "numpy.core.multiarray._reconstruct",
            "numpy._core.multiarray._reconstruct", "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer");
    private static final String AS_IT_SHOULD = "\", as the Python version has: fetch the set again";
    private static final BigInteger LARGEST_LABEL = BigInteger.valueOf(255);

    private final Map<String, Value> entries;

    private BatchPickle(Map<String, Value> entries) {
        this.entries = entries;
    }

    /** An array as NumPy describes it: {@code fortran} tells that it lies column by column. */
    private record Array(Value shape, Value type, boolean fortran, Value bytes) {
        /** The array that a call makes, if it makes one. */
        static Optional<Array> of(Value.Call made) {
            final String function = made.callee().toString();
            if (function.endsWith("._frombuffer") && made.arguments().size() == 4)
                return Optional.of(new Array(made.arguments().get(2), made.arguments().get(1),
                        !(made.arguments().get(3) instanceof Value.Text(final String order) && order.equals("C")),
                        made.arguments().getFirst()));
            if (function.endsWith("._reconstruct") && made.states().size() == 1
                    && made.states().getFirst() instanceof Value.Tuple(final List<Value> state) && state.size() == 5)
                return Optional.of(new Array(state.get(1), state.get(2), !isFalse(state.get(3)), state.get(4)));
            return Optional.empty();
        }

        private static boolean isFalse(Value value) {
            return value instanceof Value.Bool(final boolean truth) && !truth
                    || value instanceof Value.Int(final BigInteger number) && number.signum() == 0;
        }

        boolean isOfBytes() {
            return type instanceof final Value.Call made && made.callee().toString().equals("numpy.dtype")
                    && !made.arguments().isEmpty() && made.arguments().getFirst() instanceof Value.Text(final String code)
                    && code.equals("u1");
        }

        boolean hasRowsOf(int columns, long length) {
            return shape instanceof Value.Tuple(final List<Value> sizes) && sizes.size() == 2
                    && sizes.getFirst() instanceof Value.Int(final BigInteger rows) && rows.signum() >= 0
                    && sizes.getLast() instanceof Value.Int(final BigInteger width) && width.equals(BigInteger.valueOf(columns))
                    && rows.multiply(width).equals(BigInteger.valueOf(length));
        }
    }

    /**
     * Reads the dictionary at the start of a stream of {@code length} bytes.
     *
     * @throws IOException if the pickle is none of this form; the message says why
     */
    static BatchPickle read(InputStream in, long length) throws IOException {
        try {
            if (Pickle.read(in, length, name -> KNOWN.contains(name.toString())).top() instanceof Value.Dict(final var entries))
                return new BatchPickle(entries);
        } catch (PickleException e) {
            throw new IOException(e.getMessage(), e);
        }
        throw new IOException("it holds no dictionary");
    }

    /**
     * The bytes of a matrix of bytes, row by row.
     *
     * @throws IOException if it is none, or has another number of columns
     */
    Value.Bytes rows(String key, int columns) throws IOException {
        final Array array = (entries.get(key) instanceof final Value.Call made ? Array.of(made) : Optional.<Array>empty())
                .orElseThrow(() -> new IOException("it has no array \"" + key + AS_IT_SHOULD));
        if (!(array.bytes() instanceof final Value.Bytes bytes))
            throw new IOException("its array is written as text, as by Python 3 in protocol 2: fetch the set again");
        if (array.fortran() || !array.isOfBytes() || !array.hasRowsOf(columns, bytes.length()))
            throw new IOException("its array is none of bytes with " + columns + " columns, row by row");
        return bytes;
    }

    /** The labels of a list, as unsigned bytes. */
    byte[] labels(String key) throws IOException {
        final List<Value> given = list(key);
        final byte[] labels = new byte[given.size()];
        for (int i = 0; i < labels.length; i++) {
            if (!(given.get(i) instanceof Value.Int(final BigInteger label)) || label.signum() < 0
                    || label.compareTo(LARGEST_LABEL) > 0)
                throw new IOException("the label of image " + i + " is no number from 0 to " + LARGEST_LABEL);
            labels[i] = label.byteValue();
        }
        return labels;
    }

    List<String> texts(String key) throws IOException {
        final List<String> texts = new ArrayList<>();
        for (final Value each : list(key))
            texts.add(switch (each) {
                case Value.Text(final String text) -> text;
                case Value.Bytes(_, _, final String text) -> text;
                default -> throw new IOException("it has a class name that is no text: fetch the set again");
            });
        return texts;
    }

    private List<Value> list(String key) throws IOException {
        if (entries.get(key) instanceof Value.Sequence(final List<Value> items))
            return items;
        throw new IOException("it has no list \"" + key + AS_IT_SHOULD);
    }
}
