package retort.console;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Cuts UTF-8 bytes into lines. A line is given on as soon as it is whole; {@link #close} gives on the last, unfinished one.
 * Any thread; bytes of one call stay together.
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
            give();
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
            give();
    }

    private void give() {
        lines.accept(begun.toString(StandardCharsets.UTF_8));
        begun.reset();
    }
}
