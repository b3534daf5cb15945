package retort.trainer.objective;

import java.util.Optional;
import retort.trainer.model.Parameter;

/** The mix of the student's blocks before the first step. */
public enum Mixing {
    /** The last of the teacher's blocks has the student's last block, the one before it has the one before, and a little of the others. */
    LAST("last", Parameter.Start.LAST_DIAGONAL),
    /** Each has as much of each of the student's blocks. */
    MEAN("mean", Parameter.Start.MEAN),
    /** No mix: all are compared with the student's last block. */
    NONE("none");

    private final String name;
    private final Optional<Parameter.Start> start;

    Mixing(String name) {
        this.name = name;
        this.start = Optional.empty();
    }

    Mixing(String name, Parameter.Start start) {
        this.name = name;
        this.start = Optional.of(start);
    }

    /** Initial values of the matrix; empty if there is none. */
    Optional<Parameter.Start> start() {
        return start;
    }

    /** The name in settings. */
    @Override
    public String toString() {
        return name;
    }
}
