package retort.ingest.source.cifar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a pickle of the Python version of CIFAR: a dictionary of numbers, texts, lists and one array of NumPy. Nothing in it is ever
 * run: the few functions that make an array are known by their names, and any other name ends the reading. The bytes of the array are
 * passed over, and their place is told. Text has its bytes as letters, as with {@code encoding="latin1"}. Confined to one thread.
 */
final class BatchPickle {
    private static final int MOST_STEPS = 1_000_000;
    /** All text together: fifty thousand file names take a tenth of it. */
    private static final int MOST_TEXT = 16 << 20;
    private static final int MOST_LINE = 256;
    /** Longer strings are the bytes of an array. */
    private static final int LONGEST_TEXT = 4096;
    private static final Set<String> KNOWN = Set.of("numpy.ndarray", "numpy.dtype", "numpy.core.multiarray._reconstruct",
            "numpy._core.multiarray._reconstruct", "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer");

    private final InputStream in;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private long at;
    private int held;

    private BatchPickle(InputStream in) {
        this.in = in;
    }

    /** None. */
    private enum Nothing {
        NONE
    }

    /** Bytes that were passed over. */
    record Raw(long from, long length) {
    }

    private record Name(String text) {
    }

    private record DType(String code) {
    }

    /** An array; its state is set after it is made. */
    static final class Array {
        private Optional<Raw> bytes = Optional.empty();
        private List<Object> shape = List.of();
        private String code = "";

        /**
         * The bytes of a matrix of bytes, row by row.
         *
         * @throws IOException if it is none, or has another number of columns
         */
        Raw rows(int columns) throws IOException {
            if (bytes.isEmpty() || !code.equals("u1") || shape.size() != 2 || !shape.getLast().equals((long) columns)
                    || !(shape.getFirst() instanceof final Long rows) || rows < 0 || rows * columns != bytes.get().length())
                throw new IOException("its array is none of bytes with " + columns + " columns, row by row");
            return bytes.get();
        }
    }

    /**
     * Reads the dictionary at the start of a stream. The values are {@link Long}, {@link String}, {@link List}, {@link Map},
     * {@link Array} and {@link Raw}.
     *
     * @throws IOException if the pickle is none of this form; the message says why
     */
    static Map<String, Object> read(InputStream in) throws IOException {
        final BatchPickle pickle = new BatchPickle(in);
        for (int step = 0; step < MOST_STEPS; step++) {
            final int opcode = pickle.u1();
            if (opcode == '.') {
                if (pickle.pop() instanceof final Map<?, ?> dictionary)
                    return texts(dictionary);
                throw new IOException("it holds no dictionary");
            }
            pickle.step(opcode);
        }
        throw new IOException("it goes on after " + MOST_STEPS + " steps");
    }

    private static Map<String, Object> texts(Map<?, ?> dictionary) {
        final Map<String, Object> texts = new HashMap<>();
        dictionary.forEach((key, value) -> texts.put(String.valueOf(key), value));
        return texts;
    }

    private void step(int opcode) throws IOException {
        switch (opcode) {
            case 0x80 -> u1(); // PROTO
            case 0x95 -> number(8); // FRAME
            case '(' -> marks.add(stack.size());
            case '0' -> pop();
            case 'N' -> stack.add(Nothing.NONE);
            case 0x88 -> stack.add(1L);
            case 0x89 -> stack.add(0L);
            case 'K' -> stack.add(number(1));
            case 'M' -> stack.add(number(2));
            case 'J' -> stack.add((long) (int) number(4));
            case 0x8a -> stack.add(signed(u1()));
            case 'I', 'L' -> stack.add(decimal(line()));
            case 'U', 'C', 0x8c -> stack.add(string(number(1), opcode == 0x8c));
            case 'T', 'B', 'X' -> stack.add(string(number(4), opcode == 'X'));
            case 0x8d, 0x8e, 0x96 -> stack.add(string(number(8), opcode == 0x8d));
            case ')' -> stack.add(List.of());
            case 't', 'l' -> stack.add(popToMark());
            case 0x85 -> stack.add(pop(1));
            case 0x86 -> stack.add(pop(2));
            case 0x87 -> stack.add(pop(3));
            case ']' -> stack.add(new ArrayList<>());
            case 'a' -> append(pop(1));
            case 'e' -> append(popToMark());
            case '}' -> stack.add(new HashMap<>());
            case 'd' -> {
                final List<Object> items = popToMark();
                stack.add(new HashMap<>());
                set(items);
            }
            case 's' -> set(pop(2));
            case 'u' -> set(popToMark());
            case 'p' -> memo.put(decimal(line()), top());
            case 'q' -> memo.put(number(1), top());
            case 'r' -> memo.put(number(4), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'g' -> recall(decimal(line()));
            case 'h' -> recall(number(1));
            case 'j' -> recall(number(4));
            case 'c' -> stack.add(name(line(), line()));
            case 0x93 -> {
                final List<Object> parts = pop(2);
                stack.add(name(text(parts.getFirst()), text(parts.getLast())));
            }
            case 'R' -> {
                final List<Object> call = pop(2);
                stack.add(call(call.getFirst(), list(call.getLast())));
            }
            case 'b' -> build(pop());
            default -> throw broken("opcode 0x%02x, for which the set has no use".formatted(opcode));
        }
    }

    private Name name(String module, String name) throws IOException {
        final String asked = module + "." + name;
        if (!KNOWN.contains(asked))
            throw new IOException("it asks for " + asked.replaceAll("[^\\x20-\\x7e]", "?")
                    + ", which the set does not hold; nothing was run");
        return new Name(asked);
    }

    /** The object that the function would make. */
    private Object call(Object callee, List<?> arguments) throws IOException {
        final String function = callee instanceof Name(final String asked) ? asked : "";
        if (function.endsWith("._reconstruct"))
            return new Array();
        if (function.equals("numpy.dtype") && !arguments.isEmpty())
            return new DType(text(arguments.getFirst()));
        if (function.endsWith("._frombuffer") && arguments.size() == 4) {
            final Array array = new Array();
            fill(array, arguments.get(2), arguments.get(1), !"C".equals(arguments.get(3)), arguments.get(0));
            return array;
        }
        throw broken("a call of " + function);
    }

    private void build(Object state) throws IOException {
        if (top() instanceof final Array array && list(state).size() == 5)
            fill(array, list(state).get(1), list(state).get(2), !Long.valueOf(0).equals(list(state).get(3)), list(state).get(4));
        else if (!(top() instanceof DType))
            throw broken("a state of another object");
    }

    private void fill(Array array, Object shape, Object type, boolean fortran, Object bytes) throws IOException {
        if (fortran || !(type instanceof DType(final String code)))
            throw new IOException("its array lies column by column, or has no type");
        if (!(bytes instanceof final Raw raw))
            throw new IOException("its array is written as text, as by Python 3 in protocol 2: fetch the set again");
        array.shape = List.copyOf(list(shape));
        array.code = code;
        array.bytes = Optional.of(raw);
    }

    /** Values may be nested without an end, so only a text is shown. */
    private static String text(Object value) throws IOException {
        if (value instanceof final String text)
            return text;
        throw new IOException("it is damaged: a value where a text belongs");
    }

    private static List<?> list(Object value) throws IOException {
        if (value instanceof final List<?> items)
            return items;
        throw new IOException("it is damaged: a value where a tuple belongs");
    }

    @SuppressWarnings("unchecked") // all lists on the stack are made here
    private void append(List<Object> items) throws IOException {
        if (!(top() instanceof ArrayList<?> list))
            throw broken("items without a list");
        ((List<Object>) list).addAll(items);
    }

    @SuppressWarnings("unchecked") // all maps on the stack are made here
    private void set(List<Object> items) throws IOException {
        if (!(top() instanceof HashMap<?, ?> map) || items.size() % 2 != 0)
            throw broken("items without a dictionary");
        for (int i = 0; i < items.size(); i += 2) {
            if (!(items.get(i) instanceof String) && !(items.get(i) instanceof Long))
                throw broken("a key that is no text");
            ((Map<Object, Object>) map).put(items.get(i), items.get(i + 1));
        }
    }

    /** Text up to a limit; the place of longer bytes. */
    private Object string(long length, boolean utf8) throws IOException {
        if (length < 0)
            throw broken("a length below zero");
        if (length > LONGEST_TEXT && !utf8) {
            final Raw raw = new Raw(at, length);
            in.skipNBytes(length);
            at += length;
            return raw;
        }
        if (length > MOST_TEXT - held)
            throw broken("more text than the set holds");
        held += (int) length;
        final byte[] bytes = in.readNBytes((int) length);
        if (bytes.length < length)
            throw new EOFException("it ends within a text");
        at += length;
        return new String(bytes, utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    }

    private int u1() throws IOException {
        final int value = in.read();
        if (value < 0)
            throw new EOFException("it ends at byte " + at);
        at++;
        return value;
    }

    /** A number without a sign, little-endian. */
    private long number(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++)
            value |= (long) u1() << (8 * i);
        return value;
    }

    private long signed(int bytes) throws IOException {
        if (bytes > Long.BYTES)
            throw broken("a number of " + bytes + " bytes");
        final ByteBuffer value = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        byte last = 0;
        for (int i = 0; i < bytes; i++) {
            last = (byte) u1();
            value.put(last);
        }
        while (value.hasRemaining())
            value.put((byte) (last < 0 ? -1 : 0));
        return value.getLong(0);
    }

    private String line() throws IOException {
        final StringBuilder line = new StringBuilder();
        for (int letter = u1(); letter != '\n'; letter = u1()) {
            if (line.length() == MOST_LINE)
                throw broken("a line without an end");
            line.append((char) letter);
        }
        return line.toString();
    }

    private long decimal(String line) throws IOException {
        if (!line.matches("-?[0-9]{1,18}L?"))
            throw broken("a malformed number");
        return Long.parseLong(line.endsWith("L") ? line.substring(0, line.length() - 1) : line);
    }

    private void recall(long index) throws IOException {
        final Object value = memo.get(index);
        if (value == null)
            throw broken("a memory cell into which nothing was put");
        stack.add(value);
    }

    private Object top() throws IOException {
        if (stack.size() <= floor())
            throw broken("a value where the stack is empty");
        return stack.getLast();
    }

    private Object pop() throws IOException {
        return pop(1).getFirst();
    }

    private List<Object> pop(int count) throws IOException {
        if (stack.size() - floor() < count)
            throw broken("a value where the stack is empty");
        return cut(stack.size() - count);
    }

    private List<Object> popToMark() throws IOException {
        if (marks.isEmpty())
            throw broken("the end of a list that was not begun");
        return cut(marks.removeLast());
    }

    private List<Object> cut(int from) {
        final List<Object> tail = stack.subList(from, stack.size());
        final List<Object> cut = new ArrayList<>(tail);
        tail.clear();
        return cut;
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.getLast();
    }

    private IOException broken(String found) {
        return new IOException("it is damaged at byte " + at + ": " + found);
    }
}
