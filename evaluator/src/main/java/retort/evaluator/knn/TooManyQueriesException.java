package retort.evaluator.knn;

import java.io.Serial;

/** Thrown if the features of the queries do not fit in memory. The message names their number and the setting to raise. */
public final class TooManyQueriesException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    TooManyQueriesException(int queries, int width, long queryMemory) {
        super("the features of " + queries + " validation images or more, " + width + " wide, do not fit "
                + "evaluator.knn.query-memory = " + queryMemory + " bytes: raise it or score fewer images");
    }
}
