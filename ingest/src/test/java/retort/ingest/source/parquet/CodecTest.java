package retort.ingest.source.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static final int HADOOP_LZ4 = 5;
    private static final byte[] PAGE = new byte[10_000];

    static {
        new Random(1).nextBytes(PAGE);
        java.util.Arrays.fill(PAGE, 1000, 9000, (byte) 3);
    }

    /** Arrow's reader accepts both: parquet-mr writes blocks behind their two sizes, and older writers one bare block. */
    @Test
    void readsHadoopsLz4WithItsFramesAndWithout() throws Exception {
        final ByteBuffer framed = ByteBuffer.allocate(30_000);
        for (int at = 0; at < PAGE.length; at += 4000) {
            final int length = Math.min(4000, PAGE.length - at);
            final byte[] block = LZ4Factory.safeInstance().fastCompressor().compress(PAGE, at, length);
            framed.putInt(length).putInt(block.length).put(block);
        }
        assertThat(read(framed.flip())).isEqualTo(PAGE);
        assertThat(read(ByteBuffer.wrap(LZ4Factory.safeInstance().fastCompressor().compress(PAGE)))).isEqualTo(PAGE);
        assertThatThrownBy(() -> read(ByteBuffer.wrap(PAGE))).isInstanceOf(IOException.class).hasMessageContaining("damaged");
    }

    private static byte[] read(ByteBuffer packed) throws IOException {
        final ByteBuffer from = ByteBuffer.allocateDirect(packed.remaining()).put(packed).flip();
        final ByteBuffer to = ByteBuffer.allocateDirect(PAGE.length);
        Codec.decompress(HADOOP_LZ4, from, to);
        final byte[] page = new byte[PAGE.length];
        to.get(0, page);
        return page;
    }
}
