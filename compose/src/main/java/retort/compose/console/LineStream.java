package retort.compose.console;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Cuts UTF-8 bytes into lines. It passes a line on as soon as the line is complete. {@link #close} passes on the last line if it has no
 * line feed. Any thread may write. The bytes of one call stay together.
 */
final class LineStream extends OutputStream {
    private final Consumer<String> lines;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    LineStream(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public synchronized void write(int b) {
        if (b == '\n')
            pass();
        else if (b != '\r')
            begun.write(b);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++)
            write(bytes[i]);
    }

    @Override
    public synchronized void close() {
        if (begun.size() > 0)
            pass();
    }

    private void pass() {
        lines.accept(begun.toString(StandardCharsets.UTF_8));
        begun.reset();
    }
}
