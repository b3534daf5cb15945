package retort.ingest.source.folder;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A long list of file names in two arrays: a million of them take their own bytes and four more each, where a list of strings would
 * take a hundred. Written by one thread, then read by any.
 */
final class FileNames {
    private byte[] text = new byte[1 << 12];
    private int[] ends = new int[1 << 8];
    private int size;

    void add(String name) {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        final int start = start(size);
        final int end = Math.addExact(start, bytes.length);
        if (end > text.length)
            text = Arrays.copyOf(text, (int) Math.max(end, Math.min(Integer.MAX_VALUE - 16, text.length * 2L)));
        if (size == ends.length)
            ends = Arrays.copyOf(ends, size * 2);
        System.arraycopy(bytes, 0, text, start, bytes.length);
        ends[size++] = end;
    }

    String get(int index) {
        if (index >= size)
            throw new IndexOutOfBoundsException("file " + index + " of " + size);
        return new String(text, start(index), ends[index] - start(index), StandardCharsets.UTF_8);
    }

    int size() {
        return size;
    }

    private int start(int index) {
        return index == 0 ? 0 : ends[index - 1];
    }
}
