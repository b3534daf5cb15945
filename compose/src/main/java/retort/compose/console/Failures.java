package retort.compose.console;

import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import retort.settings.Secrets;
import retort.thread.Errors;

/** Describes a failure in one line, by the message of the first cause that was written for people. */
public final class Failures {
    private Failures() {
    }

    public static String describe(Throwable failure) {
        return Secrets.withoutPasswords(sentence(failure)); // an address may hold a password
    }

    private static String sentence(Throwable failure) {
        final Throwable cause = unwrap(failure);
        final String message = cause.getMessage();
        if (message == null || message.isBlank())
            return cause.getClass().getSimpleName() + " at " + origin(cause) + " (RETORT_JVM=-Dretort.log=DEBUG tells more)";
        // An exception of Retort or an UncheckedIOException has a complete sentence as its message. Another exception needs its class
        // name and its causes to be understood.
        return cause.getClass().getPackageName().startsWith("retort") || cause instanceof UncheckedIOException
                ? message
                : explained(cause);
    }

    private static String explained(Throwable failure) {
        final StringBuilder words = new StringBuilder(failure.getClass().getSimpleName()).append(": ")
                .append(failure.getMessage());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause())
            if (cause.getMessage() != null && words.indexOf(cause.getMessage()) < 0)
                words.append(": ").append(cause.getMessage());
        return words.toString().lines().map(String::strip).collect(java.util.stream.Collectors.joining(" "));
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable at = Errors.first(failure);
        @Nullable
        Throwable cause = at.getCause();
        while (cause != null && (at instanceof ExecutionException || at instanceof CompletionException
                || at.getClass().getName().startsWith("reactor.core.Exceptions"))) {
            at = Errors.first(cause);
            cause = at.getCause();
        }
        return at;
    }

    private static String origin(Throwable failure) {
        final StackTraceElement[] trace = failure.getStackTrace();
        return trace.length == 0 ? "an unknown place" : trace[0].toString();
    }
}
