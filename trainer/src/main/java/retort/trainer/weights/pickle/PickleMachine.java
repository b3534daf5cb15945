package retort.trainer.weights.pickle;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import retort.trainer.weights.pickle.Value.Bool;
import retort.trainer.weights.pickle.Value.Bytes;
import retort.trainer.weights.pickle.Value.Call;
import retort.trainer.weights.pickle.Value.Dict;
import retort.trainer.weights.pickle.Value.Int;
import retort.trainer.weights.pickle.Value.Name;
import retort.trainer.weights.pickle.Value.None;
import retort.trainer.weights.pickle.Value.Persistent;
import retort.trainer.weights.pickle.Value.Real;
import retort.trainer.weights.pickle.Value.Sequence;
import retort.trainer.weights.pickle.Value.Text;
import retort.trainer.weights.pickle.Value.Tuple;

/**
 * The stack machine that runs a pickle (protocols 0 to 5, as Python's pickletools describes them), with one difference: REDUCE, NEWOBJ,
 * OBJ, INST and BUILD call nothing. They leave a {@link Call} on the stack, or a {@link Dict} for an OrderedDict. A name that is not known
 * ends the reading. This class is long because the protocol has many opcodes. Confined to one thread.
 */
final class PickleMachine {
    /** Ten times the number of steps for the largest ViT with its optimiser. A step takes some 100 bytes of memory at most. */
    static final int MAX_STEPS = 500_000;

    private static final Name ORDERED_DICT = new Name("collections", "OrderedDict");

    private final PickleBytes in;
    private final Predicate<Name> known;
    private final List<Value> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Value> memo = new HashMap<>();
    private final List<Persistent> references = new ArrayList<>();
    private int unnamedKeys;

    PickleMachine(ByteBuffer bytes, Predicate<Name> known) {
        this.in = new PickleBytes(bytes);
        this.known = known;
    }

    Pickle run() {
        for (int step = 0; step < MAX_STEPS; step++) {
            final int opcode = in.u1();
            if (opcode == '.')
                return new Pickle(pop(), references, in.position());
            step(opcode);
        }
        throw new PickleException("it goes on after " + MAX_STEPS + " steps, more than any checkpoint needs");
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> in.u1(); // PROTO
            case 0x95 -> in.length(8); // FRAME
            case '(' -> marks.add(stack.size());
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top()); // DUP

            case 'N' -> push(new None());
            case 0x88 -> push(new Bool(true));
            case 0x89 -> push(new Bool(false));
            case 'J' -> push(integer(in.i4()));
            case 'K' -> push(integer(in.u1()));
            case 'M' -> push(integer(in.u2()));
            case 0x8a -> push(new Int(in.number(in.length(1))));
            case 0x8b -> push(new Int(in.number(in.length(4))));
            case 'I', 'L' -> push(number(in.line()));
            case 'G' -> push(new Real(in.bigEndianReal()));
            case 'F' -> push(real(in.line()));
            case 'S' -> push(quoted(in.line()));
            case 'V' -> push(new Text(in.line()));
            case 'T', 'X' -> push(new Text(in.text(in.length(4))));
            case 'U', 0x8c -> push(new Text(in.text(in.length(1))));
            case 0x8d -> push(new Text(in.text(in.length(8))));
            case 'B' -> push(bytes(in.length(4)));
            case 'C' -> push(bytes(in.length(1)));
            case 0x8e, 0x96 -> push(bytes(in.length(8)));

            case ')' -> push(new Tuple(List.of()));
            case 't' -> push(new Tuple(popToMark()));
            case 0x85 -> push(new Tuple(pop(1)));
            case 0x86 -> push(new Tuple(pop(2)));
            case 0x87 -> push(new Tuple(pop(3)));
            case ']', 0x8f -> push(new Sequence(new ArrayList<>(0)));
            case 'l', 0x91 -> push(new Sequence(popToMark()));
            case 'a' -> append(pop(1));
            case 'e', 0x90 -> append(popToMark());
            case '}' -> push(new Dict(new LinkedHashMap<>(0)));
            case 'd' -> {
                final List<Value> items = popToMark();
                push(new Dict(new LinkedHashMap<>(0)));
                setItems(items);
            }
            case 's' -> setItems(pop(2));
            case 'u' -> setItems(popToMark());

            case 'p' -> memo.put(index(in.line()), top());
            case 'q' -> memo.put((long) in.u1(), top());
            case 'r' -> memo.put(Integer.toUnsignedLong(in.i4()), top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'g' -> push(recall(index(in.line())));
            case 'h' -> push(recall(in.u1()));
            case 'j' -> push(recall(Integer.toUnsignedLong(in.i4())));

            case 'c' -> push(name(in.line(), in.line()));
            case 0x93 -> {
                final List<Value> parts = pop(2);
                push(name(text(parts.get(0)), text(parts.get(1))));
            }
            case 'R', 0x81 -> { // REDUCE, NEWOBJ
                final List<Value> call = pop(2);
                push(call(call.get(0), call.get(1)));
            }
            case 0x92 -> { // NEWOBJ_EX: class, arguments, named arguments
                final List<Value> call = pop(3);
                push(call(call.get(0), call.get(1)));
            }
            case 'i' -> { // INST
                final Name callee = name(in.line(), in.line());
                push(new Call(callee, popToMark()));
            }
            case 'o' -> { // OBJ
                final List<Value> call = popToMark();
                if (call.isEmpty())
                    throw broken("an object without a class");
                push(call(call.getFirst(), new Tuple(call.subList(1, call.size()))));
            }
            case 'b' -> build(pop());
            case 'Q' -> {
                final Persistent reference = new Persistent(pop());
                references.add(reference);
                push(reference);
            }
            default -> throw broken("opcode 0x%02x, which no checkpoint has a use for".formatted(opcode));
        }
    }

    private Value call(Value callee, Value arguments) {
        if (!(callee instanceof final Name name) || !(arguments instanceof final Tuple tuple))
            throw broken("a call of " + callee.kind() + " with " + arguments.kind());
        if (!name.equals(ORDERED_DICT))
            return new Call(name, tuple.items());
        final Dict dict = new Dict(new LinkedHashMap<>(0));
        if (!tuple.items().isEmpty() && tuple.items().getFirst() instanceof final Sequence pairs)
            for (final Value pair : pairs.items())
                switch (pair) {
                    case Tuple(final List<Value> kv) when kv.size() == 2 -> dict.entries().put(key(kv.get(0)), kv.get(1));
                    case Sequence(final List<Value> kv) when kv.size() == 2 -> dict.entries().put(key(kv.get(0)), kv.get(1));
                    default -> throw broken("an OrderedDict of " + pair.kind() + " instead of pairs");
                }
        return dict;
    }

    private Name name(String module, String name) {
        final Name asked = new Name(module, name);
        if (!known.test(asked))
            throw new PickleException("it asks for " + printable(asked.toString())
                    + ", which is neither a tensor nor plain data; nothing was run");
        return asked;
    }

    /** Drops the state of an object, or the attributes of a dictionary, because weights do not depend on them. */
    private void build(Value state) {
        if (!(top() instanceof Call || top() instanceof Dict))
            throw broken("a state, " + state.kind() + ", given to " + top().kind());
    }

    private void append(List<Value> items) {
        switch (top()) {
            case final Sequence list -> list.items().addAll(items);
            case final Call object -> { // the items are dropped, because the object is never made
            }
            default -> throw broken("items appended to " + top().kind());
        }
    }

    private void setItems(List<Value> items) {
        if (items.size() % 2 != 0)
            throw broken("a key without a value");
        switch (top()) {
            case final Dict dict -> {
                for (int i = 0; i < items.size(); i += 2)
                    dict.entries().put(key(items.get(i)), items.get(i + 1));
            }
            case final Call object -> { // the keys are dropped, because the object is never made
            }
            default -> throw broken("keys set in " + top().kind());
        }
    }

    private String key(Value key) {
        return switch (key) {
            case Text(final String text) -> text;
            case Int(final BigInteger number) -> number.toString();
            case Bool(final boolean truth) -> Boolean.toString(truth);
            case Real(final double number) -> Double.toString(number);
            case final None none -> "None";
            case final Tuple tuple -> unnamed(tuple);
            case final Call object -> unnamed(object);
            case final Name name -> unnamed(name);
            default -> throw broken(key.kind() + " as the key of a dictionary");
        };
    }

    /** A key for a value that is no name of a tensor. It must only differ from all other keys. */
    private String unnamed(Value key) {
        return key.kind() + " (" + unnamedKeys++ + ")";
    }

    private String text(Value value) {
        if (value instanceof Text(final String text))
            return text;
        throw broken(value.kind() + " as a name");
    }

    private Int number(String line) {
        final String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
        if (!digits.matches("-?[0-9]{1,40}"))
            throw broken("a malformed number");
        return new Int(new BigInteger(digits));
    }

    private Real real(String line) {
        try {
            return new Real(Double.parseDouble(line));
        } catch (NumberFormatException e) {
            throw broken("a malformed number");
        }
    }

    /** Text in quotes. Escapes are not decoded, because no name of a tensor has one. */
    private Text quoted(String line) {
        if (line.length() < 2 || line.charAt(0) != line.charAt(line.length() - 1))
            throw broken("text without its quotes");
        return new Text(line.substring(1, line.length() - 1));
    }

    private Bytes bytes(int length) {
        in.skip(length);
        return new Bytes(length);
    }

    private static Int integer(long value) {
        return new Int(BigInteger.valueOf(value));
    }

    private long index(String line) {
        return number(line).value().longValue();
    }

    private Value recall(long index) {
        final Value value = memo.get(index);
        if (value == null)
            throw broken("memory cell " + index + ", into which nothing was put");
        return value;
    }

    private void push(Value value) {
        stack.add(value);
    }

    private Value top() {
        if (stack.size() <= floor())
            throw broken("a value where the stack is empty");
        return stack.getLast();
    }

    private Value pop() {
        return pop(1).getFirst();
    }

    private List<Value> pop(int count) {
        if (stack.size() - floor() < count)
            throw broken("a value where the stack is empty");
        return cut(stack.size() - count);
    }

    private List<Value> popToMark() {
        if (marks.isEmpty())
            throw broken("the end of a list that was not begun");
        return cut(marks.removeLast());
    }

    private List<Value> cut(int from) {
        final List<Value> tail = stack.subList(from, stack.size());
        final List<Value> cut = new ArrayList<>(tail);
        tail.clear();
        return cut;
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.getLast();
    }

    private PickleException broken(String found) {
        return new PickleException("it is damaged at byte " + in.position() + ": " + found);
    }

    private static String printable(String name) {
        return name.replaceAll("[^\\x20-\\x7e]", "?").substring(0, Math.min(name.length(), 120));
    }
}
