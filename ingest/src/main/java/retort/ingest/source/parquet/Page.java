package retort.ingest.source.parquet;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/**
 * One page, decompressed outside the heap: an image set's pages may have a hundred megabytes, which are freed when the page is
 * closed and not when a collector finds them. Confined to one thread, which closes it.
 *
 * @param bytes the whole page, little-endian
 */
record Page(PageHeader header, ByteBuffer bytes, Arena memory) implements AutoCloseable {
    /** @param position position of its bytes in the file */
    @SuppressWarnings("MustBeClosedChecker") // the page owns it and closes it
    static Page read(FileChannel file, long position, PageHeader header, int codec) throws IOException {
        if (header.compressed() > file.size() - position)
            throw new IOException("it is cut: a page of " + header.compressed() + " bytes begins at byte " + position);
        final Arena memory = Arena.ofShared();
        try (Arena scratch = Arena.ofShared()) {
            final boolean plain = codec == Codec.UNCOMPRESSED || header.type() == PageHeader.DATA_V2 && !header.isCompressed();
            final ByteBuffer stored = (plain ? memory : scratch).allocate(Math.max(1, header.compressed())).asByteBuffer()
                    .limit(header.compressed());
            Bytes.fill(file, position, stored);
            return new Page(header, (plain ? stored : decompressed(stored, header, codec, memory)).order(ByteOrder.LITTLE_ENDIAN),
                    memory);
        } catch (IOException | RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    private static ByteBuffer decompressed(ByteBuffer stored, PageHeader header, int codec, Arena memory) throws IOException {
        final ByteBuffer page = memory.allocate(Math.max(1, header.uncompressed())).asByteBuffer().limit(header.uncompressed());
        page.put(stored.slice(0, header.levelBytes()));
        stored.position(header.levelBytes());
        if (page.hasRemaining())
            Codec.decompress(codec, stored.slice(), page.slice());
        return page.clear().limit(header.uncompressed());
    }

    @Override
    public void close() {
        memory.close();
    }
}
