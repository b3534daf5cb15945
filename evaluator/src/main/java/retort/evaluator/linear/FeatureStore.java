package retort.evaluator.linear;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import retort.evaluator.knn.FeatureBlock;

/**
 * The labelled features of many images, readable in any order. Rows are kept on the heap up to a budget. Above the budget all rows move
 * to a temporary file that is mapped into memory, so that the heap does not grow with the data set. Add all blocks before reading. Only
 * one thread at a time may use it. The caller that opens a store closes it, which deletes the file.
 */
public final class FeatureStore implements AutoCloseable {
    private static final ValueLayout.OfFloat VALUE = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final long budget;
    private final Path folder;
    private final Arena arena = Arena.ofShared();
    private float[] held = new float[0];
    private int[] labels = new int[0];
    private int count;
    private int width;
    private @Nullable Path file;
    private @Nullable FileChannel channel;
    private @Nullable MemorySegment mapped;

    /**
     * Opens an empty store.
     *
     * @param budget limit in bytes of the rows on the heap
     * @param folder folder of the temporary file
     */
    public FeatureStore(long budget, Path folder) {
        this.budget = budget;
        this.folder = folder;
    }

    /**
     * Adds the rows of a block that have a label. May block on the file.
     *
     * @throws IllegalArgumentException if the width differs from that of earlier blocks
     * @throws UncheckedIOException if the file cannot be written
     */
    public void add(FeatureBlock block) {
        if (count > 0 && block.width() != width)
            throw new IllegalArgumentException("a block " + block.width() + " wide among rows " + width + " wide");
        width = block.width();
        for (int i = 0; i < block.count(); i++)
            if (block.labels()[i] >= 0)
                add(block.rows(), i * width, block.labels()[i]);
    }

    private void add(float[] rows, int from, int label) {
        if (channel == null && (count + 1L) * width * Float.BYTES > budget)
            spill();
        if (count == labels.length)
            labels = Arrays.copyOf(labels, Math.max(1024, 2 * count));
        labels[count] = label;
        if (channel != null)
            write(rows, from, width);
        else {
            if ((count + 1L) * width > held.length)
                held = Arrays.copyOf(held,
                        Math.toIntExact(Math.min(budget / Float.BYTES, Math.max(1024L, 2L * held.length) + width)));
            System.arraycopy(rows, from, held, count * width, width);
        }
        count++;
    }

    /** Number of labelled rows. */
    public int count() {
        return count;
    }

    /** Number of values in a row; 0 before the first block. */
    public int width() {
        return width;
    }

    /** @return true if the rows did not fit the budget */
    public boolean isInFile() {
        return channel != null;
    }

    /** Copies rows, in the order of {@code indices}. May block while it reads the file. */
    public FeatureBlock rows(int[] indices) {
        final float[] rows = new float[Math.multiplyExact(indices.length, width)];
        final int[] own = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            own[i] = labels[indices[i]];
            if (channel == null)
                System.arraycopy(held, indices[i] * width, rows, i * width, width);
            else
                MemorySegment.copy(mapped(), VALUE, (long) indices[i] * width * Float.BYTES, rows, i * width, width);
        }
        return new FeatureBlock(rows, width, own);
    }

    private void spill() {
        try {
            file = Files.createTempFile(folder, "retort-features-", ".f32");
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException("features do not fit their memory, and no file can be made in " + folder, e);
        }
        for (int row = 0; row < count; row++)
            write(held, row * width, width);
        held = new float[0];
    }

    private void write(float[] rows, int from, int values) {
        final ByteBuffer bytes = ByteBuffer.allocate(values * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(rows, from, values);
        try {
            while (channel != null && bytes.hasRemaining())
                channel.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("features cannot be written to " + file + ": " + e.getMessage()
                    + ": make room there, or raise the memory of the suite", e);
        }
    }

    private MemorySegment mapped() {
        if (mapped == null && channel != null)
            try {
                mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, (long) count * width * Float.BYTES, arena);
            } catch (IOException e) {
                throw new UncheckedIOException("features cannot be read from " + file, e);
            }
        if (mapped == null)
            throw new IllegalStateException("the features are not in a file");
        return mapped;
    }

    @Override
    public void close() {
        arena.close();
        try {
            if (channel != null)
                channel.close();
            if (file != null)
                Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary file " + file + " cannot be deleted", e);
        }
    }
}
