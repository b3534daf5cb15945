package retort.ingest.source.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.xerial.snappy.Snappy;

/** Compressions of pages, by Parquet's numbers. Stateless. */
final class Codec {
    static final int UNCOMPRESSED = 0;
    private static final int SNAPPY = 1;
    private static final int GZIP = 2;
    private static final int HADOOP_LZ4 = 5;
    private static final int ZSTD = 6;
    private static final int LZ4 = 7;
    /** Bytes before each block in Hadoop's framing of lz4: its size after decompression and its size, both big-endian. */
    private static final int HADOOP_HEADER = 8;
    private static final int GZIP_HEADER = 10;

    private Codec() {
    }

    /** @throws IOException if the compression is not read; the message names it */
    static void require(int codec) throws IOException {
        if (codec < UNCOMPRESSED || codec == 3 || codec == 4 || codec > LZ4)
            throw new IOException("its pages are compressed with " + name(codec)
                    + ": write it anew with snappy, gzip, zstd, lz4 or none");
    }

    /**
     * Fills {@code to} exactly. Both are direct.
     *
     * @throws IOException if {@code from} is damaged or holds another number of bytes
     */
    static void decompress(int codec, ByteBuffer from, ByteBuffer to) throws IOException {
        final long size = to.remaining();
        final long written = switch (codec) {
            case SNAPPY -> Snappy.uncompressedLength(from) == size ? Snappy.uncompress(from, to) : -1;
            case GZIP -> inflate(from, to);
            case ZSTD -> zstd(from, to);
            case LZ4 -> lz4(from, to);
            case HADOOP_LZ4 -> hadoop(from, to);
            default -> throw new IllegalArgumentException("codec " + codec + ", which was refused when the file was opened");
        };
        if (written != size)
            throw new IOException("it is damaged: a page does not decompress to its " + size + " bytes");
    }

    private static String name(int codec) {
        return switch (codec) {
            case 3 -> "lzo";
            case 4 -> "brotli";
            default -> "codec " + codec + " of Parquet";
        };
    }

    private static long zstd(ByteBuffer from, ByteBuffer to) throws IOException {
        try {
            return Zstd.decompressDirectByteBuffer(to, 0, to.remaining(), from, 0, from.remaining());
        } catch (ZstdException e) {
            throw new IOException("it is damaged: " + e.getMessage(), e);
        }
    }

    private static long lz4(ByteBuffer from, ByteBuffer to) throws IOException {
        final int start = to.position();
        try {
            LZ4Factory.fastestInstance().safeDecompressor().decompress(from, to);
            return (long) to.position() - start;
        } catch (LZ4Exception e) {
            throw new IOException("it is damaged: " + e.getMessage(), e);
        }
    }

    /** Hadoop's framing. Some writers of that codec leave the framing out, and then the page is one block, as Arrow's reader has it, too. */
    private static long hadoop(ByteBuffer from, ByteBuffer to) throws IOException {
        final ByteBuffer blocks = from.duplicate(); // big-endian
        while (blocks.remaining() >= HADOOP_HEADER) {
            final int unpacked = blocks.getInt();
            final int packed = blocks.getInt();
            if (unpacked < 0 || packed < 0 || packed > blocks.remaining() || unpacked > to.remaining())
                break;
            lz4(blocks.slice(blocks.position(), packed), to.slice(to.position(), unpacked));
            blocks.position(blocks.position() + packed);
            to.position(to.position() + unpacked);
        }
        return blocks.hasRemaining() ? lz4(from, to.rewind()) : to.position();
    }

    /** Writers of Parquet use the ten-byte header without optional parts. */
    private static long inflate(ByteBuffer from, ByteBuffer to) throws IOException {
        if (from.remaining() < GZIP_HEADER || from.get(3) != 0)
            return -1;
        try (Inflater inflater = new Inflater(true)) {
            inflater.setInput(from.position(GZIP_HEADER));
            while (to.hasRemaining() && inflater.inflate(to) > 0) {
                // until it is full or nothing comes
            }
            return to.position();
        } catch (DataFormatException e) {
            throw new IOException("it is damaged: " + e.getMessage(), e);
        }
    }
}
