package retort.trainer.weights.pickle;

import java.math.BigInteger;
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

    /** Bytes. Their content is skipped, because no weight needs it. */
    record Bytes(int length) implements Value {
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

    /** A call that the pickle asks for. It is recorded and never made. */
    record Call(Name callee, List<Value> arguments) implements Value {
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
