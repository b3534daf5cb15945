package retort.pickle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The stack of a pickle with its marks, and the memory cells beside it. Nothing below the last mark can be taken. */
final class PickleStack {
    private final PickleInput in;
    private final List<Value> values = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Value> cells = new HashMap<>();

    /** @param in tells the place of a fault */
    PickleStack(PickleInput in) {
        this.in = in;
    }

    void push(Value value) {
        values.add(value);
    }

    void mark() {
        marks.add(values.size());
    }

    Value top() {
        if (values.size() <= floor())
            throw broken("a value where the stack is empty");
        return values.getLast();
    }

    Value pop() {
        return pop(1).getFirst();
    }

    List<Value> pop(int count) {
        if (values.size() - floor() < count)
            throw broken("a value where the stack is empty");
        return cut(values.size() - count);
    }

    List<Value> popToMark() {
        if (marks.isEmpty())
            throw broken("the end of a list that was not begun");
        return cut(marks.removeLast());
    }

    /** Puts the value on top into a memory cell, too. */
    void keep(long cell) {
        cells.put(cell, top());
    }

    /** Puts the value on top into the next memory cell, too. */
    void keep() {
        keep(cells.size());
    }

    /** Pushes the value of a memory cell. */
    void recall(long cell) {
        final Value value = cells.get(cell);
        if (value == null)
            throw broken("memory cell " + cell + ", into which nothing was put");
        push(value);
    }

    PickleException broken(String found) {
        return new PickleException("it is damaged at byte " + in.position() + ": " + found);
    }

    private List<Value> cut(int from) {
        final List<Value> tail = values.subList(from, values.size());
        final List<Value> cut = new ArrayList<>(tail);
        tail.clear();
        return cut;
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.getLast();
    }
}
