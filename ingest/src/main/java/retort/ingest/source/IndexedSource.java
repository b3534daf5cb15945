package retort.ingest.source;

import java.io.IOException;

/**
 * Opens at any sample. {@link #read} is called from several threads at once.
 *
 * <pre>{@code
 * final class Squares implements IndexedSource {
 *     public long size() { return 100; }
 *     public List<String> classNames() { return List.of("even", "odd"); }
 *     public int label(long index) { return (int) (index % 2); }
 *     public Sample read(long index) throws IOException {
 *         return Sample.encoded(index, "square " + index, label(index), Files.readAllBytes(path(index)));
 *     }
 * }
 * }</pre>
 */
public interface IndexedSource extends DataSource {
    /** Samples in one epoch. */
    long size();

    /**
     * Class index of a sample, -1 without; known before the sample is read, since a record's labels come before its pixels.
     *
     * @param index in [0, size)
     */
    int label(long index);

    /**
     * @param index in [0, size)
     * @throws IOException when this sample cannot be read; it goes to {@code rejected} and the stream goes on
     */
    Sample read(long index) throws IOException;
}
