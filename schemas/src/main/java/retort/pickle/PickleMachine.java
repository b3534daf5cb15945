package retort.pickle;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;
import retort.pickle.Value.Bool;
import retort.pickle.Value.Bytes;
import retort.pickle.Value.Call;
import retort.pickle.Value.Dict;
import retort.pickle.Value.Int;
import retort.pickle.Value.Name;
import retort.pickle.Value.None;
import retort.pickle.Value.Persistent;
import retort.pickle.Value.Real;
import retort.pickle.Value.Sequence;
import retort.pickle.Value.Text;
import retort.pickle.Value.Tuple;

/**
 * The stack machine that runs a pickle (protocols 0 to 5, as Python's pickletools describes them), with one difference: REDUCE, NEWOBJ,
 * OBJ, INST and BUILD call nothing. They leave a {@link Call} on the stack, or a {@link Dict} for an OrderedDict. A name that is not known
 * ends the reading. Confined to one thread.
 */
final class PickleMachine {
    /** Ten times the number of steps for the largest ViT with its optimiser, and twice that for CIFAR-100. A step takes some 100 bytes of memory at most. */
    static final int MAX_STEPS = 500_000;

    private static final Name ORDERED_DICT = new Name("collections", "OrderedDict");

    private final PickleInput in;
    private final Predicate<Name> known;
    private final PickleStack stack;
    private final List<Persistent> references = new ArrayList<>();
    private int unnamedKeys;

    PickleMachine(PickleInput in, Predicate<Name> known) {
        this.in = in;
        this.known = known;
        this.stack = new PickleStack(in);
    }

    Pickle run() throws IOException {
        for (int step = 0; step < MAX_STEPS; step++) {
            final int opcode = in.u1();
            if (opcode == '.')
                return new Pickle(stack.pop(), references, in.position());
            step(opcode);
        }
        throw new PickleException("it goes on after " + MAX_STEPS + " steps, more than weights or a data set need");
    }

    private void step(int opcode) throws IOException {
        switch (opcode) {
            case 0x80 -> in.u1(); // PROTO
            case 0x95 -> in.length(8); // FRAME
            case '(' -> stack.mark();
            case '0' -> stack.pop();
            case '1' -> stack.popToMark();
            case '2' -> stack.push(stack.top()); // DUP

            case 'N' -> stack.push(new None());
            case 0x88 -> stack.push(new Bool(true));
            case 0x89 -> stack.push(new Bool(false));
            case 'J' -> {
                final int signed = (int) in.unsigned(4);
                stack.push(integer(signed));
            }
            case 'K' -> stack.push(integer(in.u1()));
            case 'M' -> stack.push(integer(in.unsigned(2)));
            case 0x8a -> stack.push(new Int(in.number(in.length(1))));
            case 0x8b -> stack.push(new Int(in.number(in.length(4))));
            case 'I', 'L' -> stack.push(number(in.line()));
            case 'G' -> stack.push(new Real(in.bigEndianReal()));
            case 'F' -> stack.push(real(in.line()));
            case 'S' -> stack.push(quoted(in.line()));
            case 'V' -> stack.push(new Text(in.line()));
            case 'T' -> stack.push(in.string(in.length(4)));
            case 'U', 0x8c -> stack.push(new Text(in.text(in.length(1))));
            case 'X' -> stack.push(new Text(in.text(in.length(4))));
            case 0x8d -> stack.push(new Text(in.text(in.length(8))));
            case 'B' -> stack.push(in.bytes(in.length(4)));
            case 'C' -> stack.push(in.bytes(in.length(1)));
            case 0x8e, 0x96 -> stack.push(in.bytes(in.length(8)));

            case ')' -> stack.push(new Tuple(List.of()));
            case 't' -> stack.push(new Tuple(stack.popToMark()));
            case 0x85 -> stack.push(new Tuple(stack.pop(1)));
            case 0x86 -> stack.push(new Tuple(stack.pop(2)));
            case 0x87 -> stack.push(new Tuple(stack.pop(3)));
            case ']', 0x8f -> stack.push(new Sequence(new ArrayList<>(0)));
            case 'l', 0x91 -> stack.push(new Sequence(stack.popToMark()));
            case 'a' -> append(stack.pop(1));
            case 'e', 0x90 -> append(stack.popToMark());
            case '}' -> stack.push(new Dict(new LinkedHashMap<>(0)));
            case 'd' -> {
                final List<Value> items = stack.popToMark();
                stack.push(new Dict(new LinkedHashMap<>(0)));
                setItems(items);
            }
            case 's' -> setItems(stack.pop(2));
            case 'u' -> setItems(stack.popToMark());

            case 'p' -> stack.keep(index(in.line()));
            case 'q' -> stack.keep(in.u1());
            case 'r' -> stack.keep(in.unsigned(4));
            case 0x94 -> stack.keep();
            case 'g' -> stack.recall(index(in.line()));
            case 'h' -> stack.recall(in.u1());
            case 'j' -> stack.recall(in.unsigned(4));

            case 'c' -> stack.push(name(in.line(), in.line()));
            case 0x93 -> {
                final List<Value> parts = stack.pop(2);
                stack.push(name(text(parts.get(0)), text(parts.get(1))));
            }
            case 'R', 0x81 -> { // REDUCE, NEWOBJ
                final List<Value> call = stack.pop(2);
                stack.push(call(call.get(0), call.get(1)));
            }
            case 0x92 -> { // NEWOBJ_EX: class, arguments, named arguments
                final List<Value> call = stack.pop(3);
                stack.push(call(call.get(0), call.get(1)));
            }
            case 'i' -> { // INST
                final Name callee = name(in.line(), in.line());
                stack.push(new Call(callee, stack.popToMark()));
            }
            case 'o' -> { // OBJ
                final List<Value> call = stack.popToMark();
                if (call.isEmpty())
                    throw broken("an object without a class");
                stack.push(call(call.getFirst(), new Tuple(call.subList(1, call.size()))));
            }
            case 'b' -> build(stack.pop());
            case 'Q' -> {
                final Persistent reference = new Persistent(stack.pop());
                references.add(reference);
                stack.push(reference);
            }
            default -> throw broken("opcode 0x%02x, which plain data has no use for".formatted(opcode));
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

    /** Notes the state of an object. The attributes of a dictionary are dropped. */
    private void build(Value state) {
        switch (stack.top()) {
            case final Call object -> object.states().add(state);
            case final Dict _ -> { // no entry depends on them
            }
            default -> throw broken("a state, " + state.kind() + ", given to " + stack.top().kind());
        }
    }

    private void append(List<Value> items) {
        switch (stack.top()) {
            case final Sequence list -> list.items().addAll(items);
            case final Call object -> { // the items are dropped, because the object is never made
            }
            default -> throw broken("items appended to " + stack.top().kind());
        }
    }

    private void setItems(List<Value> items) {
        if (items.size() % 2 != 0)
            throw broken("a key without a value");
        switch (stack.top()) {
            case final Dict dict -> {
                for (int i = 0; i < items.size(); i += 2)
                    dict.entries().put(key(items.get(i)), items.get(i + 1));
            }
            case final Call object -> { // the keys are dropped, because the object is never made
            }
            default -> throw broken("keys set in " + stack.top().kind());
        }
    }

    private String key(Value key) {
        return switch (key) {
            case Text(final String text) -> text;
            case Int(final BigInteger number) -> number.toString();
            case Bool(final boolean truth) -> Boolean.toString(truth);
            case Real(final double number) -> Double.toString(number);
            case final None none -> "None";
            case Bytes(_, _, final String text) when !text.isEmpty() -> text;
            case final Bytes bytes -> unnamed(bytes);
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

    private static Int integer(long value) {
        return new Int(BigInteger.valueOf(value));
    }

    private long index(String line) {
        return number(line).value().longValue();
    }

    private PickleException broken(String found) {
        return stack.broken(found);
    }

    private static String printable(String name) {
        return name.replaceAll("[^\\x20-\\x7e]", "?").substring(0, Math.min(name.length(), 120));
    }
}
