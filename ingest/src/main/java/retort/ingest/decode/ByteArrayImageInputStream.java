package retort.ingest.decode;

import javax.imageio.stream.ImageInputStreamImpl;

/** ImageIO's view of an array, without a cache or a copy. Confined to one thread. */
final class ByteArrayImageInputStream extends ImageInputStreamImpl {
    private final byte[] bytes;

    ByteArrayImageInputStream(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read() {
        bitOffset = 0;
        return streamPos < bytes.length ? bytes[(int) streamPos++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] into, int at, int length) {
        bitOffset = 0;
        final int count = (int) Math.min(length, bytes.length - streamPos);
        if (count <= 0)
            return length == 0 ? 0 : -1;
        System.arraycopy(bytes, (int) streamPos, into, at, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return bytes.length;
    }
}
