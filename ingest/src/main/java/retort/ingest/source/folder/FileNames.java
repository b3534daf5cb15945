package retort.ingest.source.folder;

import java.util.Arrays;
import retort.ingest.source.FileName;

/**
 * A long list of file names and sizes in three arrays: a million names take their own bytes and eight more each. A list of strings would
 * take a hundred bytes more each. Written by one thread, then read by any.
 */
final class FileNames {
    private byte[] text = new byte[1 << 12];
    private int[] ends = new int[1 << 8];
    private int[] lengths = new int[1 << 8];
    private int size;

    /** @param length bytes of the file */
    void add(String name, long length) {
        final byte[] bytes = FileName.encode(name);
        append(bytes, 0, bytes.length, (int) Math.min(length, Integer.MAX_VALUE));
    }

    void addAll(FileNames other) {
        for (int i = 0; i < other.size; i++)
            append(other.text, other.start(i), other.ends[i] - other.start(i), other.lengths[i]);
    }

    private void append(byte[] bytes, int offset, int length, int fileBytes) {
        final int start = start(size);
        final int end = Math.addExact(start, length);
        if (end > text.length)
            text = Arrays.copyOf(text, (int) Math.max(end, Math.min(Integer.MAX_VALUE - 16, text.length * 2L)));
        if (size == ends.length) {
            ends = Arrays.copyOf(ends, size * 2);
            lengths = Arrays.copyOf(lengths, size * 2);
        }
        lengths[size] = fileBytes;
        System.arraycopy(bytes, offset, text, start, length);
        ends[size++] = end;
    }

    String get(int index) {
        if (index >= size)
            throw new IndexOutOfBoundsException("file " + index + " of " + size);
        return FileName.decode(Arrays.copyOfRange(text, start(index), ends[index]));
    }

    /** Bytes of a file; the largest int for one that is larger. */
    int bytes(int index) {
        return lengths[index];
    }

    int size() {
        return size;
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }
}
