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
    String kind();

    record None() implements Value {
        @Override
        public String kind() {
            return "None";
        }
    }

    record Bool(boolean value) implements Value {
        @Override
        public String kind() {
            return "a truth value";
        }
    }

    record Int(BigInteger value) implements Value {
        @Override
        public String kind() {
            return "a whole number";
        }
    }

    record Real(double value) implements Value {
        @Override
        public String kind() {
            return "a number";
        }
    }

    record Text(String value) implements Value {
        @Override
        public String kind() {
            return "text";
        }
    }

    /**
     * Bytes, or a long string of Python 2, which is an array.
     *
     * @param from place of the first byte in the pickle
     * @param text the bytes as letters, as with {@code encoding="latin1"}; empty for long ones
     */
    record Bytes(long from, long length, String text) implements Value {
        @Override
        public String kind() {
            return "bytes";
        }
    }

    record Tuple(List<Value> items) implements Value {
        @Override
        public String kind() {
            return "a tuple";
        }
    }

    /** A list or a set. It grows while the pickle is read. */
    record Sequence(List<Value> items) implements Value {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A dictionary in the order of insertion. A key that is a number is stored as text. It grows while the pickle is read. */
    record Dict(Map<String, Value> entries) implements Value {
        @Override
        public String kind() {
            return "a dictionary";
        }
    }

    /** The name of a class or function. */
    record Name(String module, String name) implements Value {
        @Override
        public String kind() {
            return "the name " + this;
        }

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

        @Override
        public String kind() {
            return "an object of " + callee;
        }
    }

    /** A reference to an object outside of the pickle, such as a storage. */
    record Persistent(Value id) implements Value {
        @Override
        public String kind() {
            return "a reference";
        }
    }
}
