package retort.thread;

import reactor.core.Exceptions;

/** Errors of publishers that work beside each other. Stateless; any thread. */
public final class Errors {
    private Errors() {
    }

    /**
     * The first of errors that came at the same time, which Reactor puts into one error without a message of its own. Any other error is
     * returned as it is. Whoever decides by the kind of an error, or tells it to a person, asks here first.
     */
    public static Throwable first(Throwable error) {
        Throwable first = error;
        while (Exceptions.isMultiple(first))
            first = Exceptions.unwrapMultiple(first).getFirst();
        return first;
    }
}
