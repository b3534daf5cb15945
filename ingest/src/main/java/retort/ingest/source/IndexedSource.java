package retort.ingest.source;

import java.io.IOException;

/**
 * Opens at any sample. {@link #read} is called from several threads at once.
 *
 * <pre>{@code
 * final class Squares implements IndexedSource {
 *     public long size() { return 100; }
 *     public List<String> classNames() { return List.of("even", "odd"); }
 *     public Sample read(long index) throws IOException {
 *         return Sample.encoded(index, "square " + index, (int) (index % 2), Files.readAllBytes(path(index)));
 *     }
 *     public void close() {}
 * }
 * }</pre>
 */
public interface IndexedSource extends DataSource {
    /** Samples in one epoch. */
    long size();

    /**
     * @param index in [0, size)
     * @throws IOException when this sample cannot be read; it goes to {@code rejected} and the stream goes on
     */
    Sample read(long index) throws IOException;
}
