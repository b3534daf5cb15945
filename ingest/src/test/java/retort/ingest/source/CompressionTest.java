package retort.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.XZOutputStream;

class CompressionTest {
    private static final byte[] CONTENT = content();

    /** A source may hand out any number of bytes at a time, and its {@code available()} may say 0, as a file's or a server's does. */
    private record Trickle(ByteArrayInputStream in) {
        InputStream open() {
            return new InputStream() {
                @Override
                public int read() {
                    return in.read();
                }

                @Override
                public int read(byte[] target, int offset, int length) {
                    return in.read(target, offset, Math.min(length, 7));
                }
            };
        }
    }

    /** gzip, xz, bzip2 and zstd read one member after another (gzip 1.12, xz 5.4, bzip2 1.0.8 and zstd 1.5 on the command line do). */
    @ParameterizedTest
    @EnumSource(value = Compression.class, names = {"GZIP", "XZ", "BZIP2", "ZSTD"})
    void readsMembersThatWereJoined(Compression compression) throws Exception {
        final byte[] joined = joined(compress(compression, Arrays.copyOf(CONTENT, 3000)), compress(compression, new byte[0]),
                compress(compression, Arrays.copyOfRange(CONTENT, 3000, CONTENT.length)));
        assertThat(Compression.of(joined)).isEqualTo(compression);
        assertThat(read(compression, joined)).isEqualTo(CONTENT);
    }

    /** Every place inside a member where a download may end. */
    @ParameterizedTest
    @EnumSource(value = Compression.class, names = {"GZIP", "XZ", "BZIP2", "ZSTD", "LZMA"})
    void everyCutIsFound(Compression compression) throws Exception {
        final byte[] first = compress(compression, Arrays.copyOf(CONTENT, 500));
        final byte[] whole = compression == Compression.LZMA
                ? first
                : joined(first, compress(compression, Arrays.copyOfRange(CONTENT, 500, 900)));
        final List<Integer> silent = new ArrayList<>();
        for (int length = 1; length < whole.length; length++)
            try {
                read(compression, Arrays.copyOf(whole, length));
                silent.add(length);
            } catch (IOException expected) {
                assertThat(expected).isNotNull();
            }
        silent.removeIf(length -> length == first.length); // a whole member
        assertThat(silent).as("cuts that nobody notices, of " + whole.length + " with a member's end at " + first.length)
                .isEmpty();
    }

    @Test
    void readsLzmaAloneAndFramesThatZstdSkips() throws Exception {
        final byte[] lzma = compress(Compression.LZMA, CONTENT);
        assertThat(Compression.of(lzma)).isEqualTo(Compression.LZMA);
        assertThat(read(Compression.LZMA, lzma)).isEqualTo(CONTENT);
        final byte[] skipped = joined(new byte[]{0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3},
                compress(Compression.ZSTD, CONTENT));
        assertThat(Compression.of(skipped)).isEqualTo(Compression.ZSTD);
        assertThat(read(Compression.ZSTD, skipped)).isEqualTo(CONTENT);
    }

    /** Python 3.13's gzip does the same: zeros are padding, other bytes are an error, which comes after the last byte of the content. */
    @Test
    void zerosAfterAGzipAreItsPaddingAndOtherBytesAreAnError() throws Exception {
        final byte[] gzip = compress(Compression.GZIP, CONTENT);
        assertThat(read(Compression.GZIP, joined(gzip, new byte[100]))).isEqualTo(CONTENT);
        try (InputStream in = Compression.GZIP
                .open(new ByteArrayInputStream(joined(gzip, new byte[3], new byte[]{1, 2, 3, 4})))) {
            assertThat(in.readNBytes(CONTENT.length)).isEqualTo(CONTENT);
            assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessage("what follows a gzip member is none");
        }
    }

    private static byte[] read(Compression compression, byte[] compressed) throws IOException {
        try (InputStream in = compression.open(new Trickle(new ByteArrayInputStream(compressed)).open())) {
            return in.readAllBytes();
        }
    }

    private static byte[] compress(Compression compression, byte[] plain) throws IOException {
        if (compression == Compression.ZSTD)
            return Zstd.compress(plain);
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = switch (compression) {
            case GZIP -> new GZIPOutputStream(bytes);
            case XZ -> new XZOutputStream(bytes, new LZMA2Options(1));
            case BZIP2 -> new BZip2CompressorOutputStream(bytes);
            case LZMA -> new LZMAOutputStream(bytes, new LZMA2Options(1), -1);
            default -> throw new IllegalArgumentException(compression.toString());
        }) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final byte[] part : parts)
            all.writeBytes(part);
        return all.toByteArray();
    }

    /** Half of it is random, so that compressed blocks are no single run. */
    private static byte[] content() {
        final byte[] content = new byte[200_000];
        new Random(1).nextBytes(content);
        Arrays.fill(content, 50_000, 150_000, (byte) 7);
        return content;
    }
}
