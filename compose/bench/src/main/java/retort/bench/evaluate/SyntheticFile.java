package retort.bench.evaluate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/**
 * A temporary file of float32 values, little-endian, that two contestants read. The caller closes it, which deletes the file.
 *
 * @param path the file
 */
record SyntheticFile(Path path) implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 1024;

    /** Rows of a normal distribution, each scaled to length 1. */
    static SyntheticFile unitRows(long rows, int width, long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        return written(rows, width, row -> {
            double squares = 0;
            for (int i = 0; i < width; i++) {
                row[i] = (float) random.nextGaussian();
                squares += row[i] * row[i];
            }
            for (int i = 0; i < width; i++)
                row[i] /= (float) Math.sqrt(squares);
        });
    }

    /** Fills one row. */
    @FunctionalInterface
    interface Fill {
        void fill(float[] row);
    }

    static SyntheticFile written(long rows, int width, Fill fill) {
        try {
            final Path path = Files.createTempFile("retort-bench-", ".f32");
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                final ByteBuffer bytes = ByteBuffer.allocate(ROWS_AT_ONCE * width * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                final float[] row = new float[width];
                for (long i = 0; i < rows; i++) {
                    fill.fill(row);
                    bytes.asFloatBuffer().put(row);
                    bytes.position(bytes.position() + width * Float.BYTES);
                    if (!bytes.hasRemaining() || i == rows - 1) {
                        bytes.flip();
                        while (bytes.hasRemaining())
                            channel.write(bytes);
                        bytes.clear();
                    }
                }
            }
            return new SyntheticFile(path);
        } catch (IOException e) {
            throw new UncheckedIOException("a temporary file of " + rows * width * Float.BYTES + " bytes cannot be written", e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
