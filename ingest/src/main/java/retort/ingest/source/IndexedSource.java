package retort.ingest.source;

import java.io.IOException;

/**
 * A source that opens at any sample. {@link #read} is called from several threads at once.
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
    /** The number of samples, which is an epoch. */
    long size();

    /**
     * Returns the class index of a sample, or -1 where it has no label. It is known before the sample is read, because the labels of a
     * record stand before its pixels.
     *
     * @param index in [0, size)
     */
    int label(long index);

    /**
     * Returns the bytes that {@link #read} fetches over a network, at most; 0 if the sample lies on this machine. Such samples are read
     * before their turn, as far as {@code ingest.read-ahead} allows.
     *
     * @param index in [0, size)
     */
    default long fetched(long index) {
        return 0;
    }

    /**
     * Reads one sample.
     *
     * @param index in [0, size)
     * @throws IOException if this sample cannot be read; it goes to {@code rejected} and the stream goes on
     */
    Sample read(long index) throws IOException;
}
