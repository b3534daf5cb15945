package retort.ingest.source;

import java.util.Arrays;

/** Finds the shard, file or archive that holds a sample, where samples are numbered through all of them. Immutable. */
public final class Parts {
    private final long[] starts;

    /** @param sizes samples in each part, none negative */
    public Parts(long[] sizes) {
        starts = new long[sizes.length + 1];
        for (int part = 0; part < sizes.length; part++)
            starts[part + 1] = Math.addExact(starts[part], sizes[part]);
    }

    public int count() {
        return starts.length - 1;
    }

    /** The number of samples of all parts. */
    public long total() {
        return starts[starts.length - 1];
    }

    /** The part that holds sample {@code index}, in [0, total). */
    public int part(long index) {
        if (index < 0 || index >= total())
            throw new IndexOutOfBoundsException("sample " + index + " of " + total());
        int part = Arrays.binarySearch(starts, index);
        if (part < 0)
            part = -part - 2;
        while (starts[part + 1] == index) // empty parts share a start
            part++;
        return part;
    }

    /** The number of the part's first sample. */
    public long start(int part) {
        return starts[part];
    }

    public long size(int part) {
        return starts[part + 1] - starts[part];
    }
}
