package retort.trainer.weights.pickle;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/**
 * A value that a pickle holds. A hostile pickle nests as deep as it likes and shares parts without end: never compare, hash or print one
 * as a whole, and walk only as deep as what is sought.
 */
public sealed interface Value {
    /** In words, for messages; looks at nothing inside. */
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

    /** Bytes whose content nobody here needs. */
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

    /** A list or set; grows while the pickle is read. */
    record Sequence(List<Value> items) implements Value {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A dictionary in the order of insertion, numbers as keys by their text; grows while the pickle is read. */
    record Dict(Map<String, Value> entries) implements Value {
        @Override
        public String kind() {
            return "a dictionary";
        }
    }

    /** A class or function, by name alone. */
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

    /** A call that the pickle asks for and that is not made: what is called, and with what. */
    record Call(Name callee, List<Value> arguments) implements Value {
        @Override
        public String kind() {
            return "an object of " + callee;
        }
    }

    /** A reference to something kept outside of the pickle. */
    record Persistent(Value id) implements Value {
        @Override
        public String kind() {
            return "a reference";
        }
    }
}
