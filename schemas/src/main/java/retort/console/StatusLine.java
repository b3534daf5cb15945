package retort.console;

/** The status line of one service. Any thread may call it at any rate; it never waits for the terminal. */
@FunctionalInterface
public interface StatusLine {
    /** Replaces the text. It is one line; control characters are shown as spaces. */
    void update(String text);

    /** Discards the text. For tests, and for services that a program embeds. */
    StatusLine SILENT = text -> {
    };
}
