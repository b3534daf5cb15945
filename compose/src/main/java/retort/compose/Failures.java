package retort.compose;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Says what failed in one line: the message of the first cause that was written for people. */
public final class Failures {
    private Failures() {
    }

    public static String describe(Throwable failure) {
        final Throwable cause = unwrap(failure);
        final String message = cause.getMessage();
        if (message == null || message.isBlank())
            return cause.getClass().getSimpleName() + " at " + origin(cause) + " (RETORT_JVM=-Dretort.log=DEBUG tells more)";
        // Our own exceptions carry a whole sentence; others are named so that their message can be understood.
        return cause.getClass().getPackageName().startsWith("retort")
                ? message
                : cause.getClass().getSimpleName() + ": " + message;
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable at = failure;
        @Nullable
        Throwable cause = at.getCause();
        while (cause != null && (at instanceof ExecutionException || at instanceof CompletionException
                || at.getClass().getName().startsWith("reactor.core.Exceptions"))) {
            at = cause;
            cause = at.getCause();
        }
        return at;
    }

    private static String origin(Throwable failure) {
        final StackTraceElement[] trace = failure.getStackTrace();
        return trace.length == 0 ? "an unknown place" : trace[0].toString();
    }
}
