package retort.console;

/** The one line of a service. Calls come from any thread, at any rate; the board decides what is shown. */
@FunctionalInterface
public interface StatusLine {
    /** Replaces the line's text: one line, no control characters. */
    void update(String text);

    /** Shows nothing: for tests and for services started as a library. */
    StatusLine SILENT = text -> {
    };
}
