package retort.ingest.decode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Rows in native memory that the decoder owns. */
record NativeRows(MemorySegment pixels, int width, int height, int channels) implements PixelRows {
    @Override
    public void copy(int y, int x, int count, byte[] into, int at) {
        MemorySegment.copy(pixels, ValueLayout.JAVA_BYTE, ((long) y * width + x) * channels, into, at, count * channels);
    }
}
