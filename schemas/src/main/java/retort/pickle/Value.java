package retort.pickle;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A value in a pickle. A hostile pickle may nest values to any depth and share parts many times. Therefore never compare, hash or print a
 * whole value, and walk into it only as deep as the tensors are.
 */
public sealed interface Value {
    /** The kind of value in words, for messages. It does not look at nested values. */
    default String kind() {
        return switch (this) {
            case None _ -> "None";
            case Bool _ -> "a truth value";
            case Int _ -> "a whole number";
            case Real _ -> "a number";
            case Text _ -> "text";
            case Bytes _ -> "bytes";
            case Tuple _ -> "a tuple";
            case Sequence _ -> "a list";
            case Dict _ -> "a dictionary";
            case final Name name -> "the name " + name;
            case final Call call -> "an object of " + call.callee();
            case Persistent _ -> "a reference";
        };
    }

    record None() implements Value {
    }

    record Bool(boolean value) implements Value {
    }

    record Int(BigInteger value) implements Value {
    }

    record Real(double value) implements Value {
    }

    record Text(String value) implements Value {
    }

    /**
     * Bytes, or a long string of Python 2, which is an array.
     *
     * @param from place of the first byte in the pickle
     * @param text the bytes as letters, as with {@code encoding="latin1"}; empty for long ones
     */
    record Bytes(long from, long length, String text) implements Value {
    }

    record Tuple(List<Value> items) implements Value {
    }

    /** A list or a set. It grows while the pickle is read. */
    record Sequence(List<Value> items) implements Value {
    }

    /** A dictionary in the order of insertion. A key that is a number is stored as text. It grows while the pickle is read. */
    record Dict(Map<String, Value> entries) implements Value {
    }

    /** The name of a class or function. */
    record Name(String module, String name) implements Value {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /**
     * An object that a call would make. The call is recorded and never made.
     *
     * @param states what BUILD would set in the object; it grows while the pickle is read
     */
    record Call(Name callee, List<Value> arguments, List<Value> states) implements Value {
        /** A call without a state. */
        public Call(Name callee, List<Value> arguments) {
            this(callee, arguments, new ArrayList<>(0));
        }
    }

    /** A reference to an object outside of the pickle, such as a storage. */
    record Persistent(Value id) implements Value {
    }
}
