package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.codec.ImageBatchView;
import retort.ingest.decode.DecodeSettings;

/** Sends records just below 32 MiB and images of 40 megapixels, several at a time, through a process with a heap of 256 MiB. */
class HeapTest {
    private static final int WIDTH = 8000;
    private static final int HEIGHT = 5000;
    private static final int SMALL = 590;
    private static final int PER_RECORD = 222;

    private final Streams streams = Streams.fresh();

    @TempDir
    Path folder;

    @Test
    void giantsAndLargeRecordsFitIntoASmallHeap() throws Exception {
        final Path images = Files.createDirectories(folder.resolve("a"));
        jpeg(images.resolve("g1.jpg"), false);
        jpeg(images.resolve("g2.jpg"), true);
        png(images.resolve("g3.png"), 16, 2, 6, false);
        png(images.resolve("g4.png"), 8, 2, 3, true);
        png(images.resolve("g5.png"), 8, 3, 1, false);
        png(images.resolve("g6.png"), 16, 6, 8, false);
        try (InputStream webp = Objects.requireNonNull(getClass().getResourceAsStream("/giant/lossy.webp"))) {
            Files.copy(webp, images.resolve("g7.webp"));
        }
        final byte[] small = retort.ingest.source.TinyImages.png(1);
        for (int i = 0; i < SMALL; i++)
            Files.write(images.resolve("s%03d.png".formatted(i)), small);
        final Process ingest = IngestProcess.start(streams, "256m", List.of("ingest.streams=[train]", "ingest.epochs=1",
                "ingest.source=\"folder:" + folder + "\"", "ingest.images-per-record=" + PER_RECORD, "ingest.threads=4"));
        final String said = IngestProcess.ending(ingest);
        assertThat(ingest.waitFor()).as(said).isZero();
        final List<Long> ids = streams.readLarge("train", 2, ImageBatchView::sampleIds).stream().flatMapToLong(LongStream::of)
                .boxed().sorted().toList();
        final List<Long> expected = new ArrayList<>(LongStream.range(0, SMALL + 7).boxed().toList());
        if (!DecodeSettings.hasWebpLibrary())
            expected.remove(6L);
        assertThat(ids).isEqualTo(expected);
    }

    private static void jpeg(Path file, boolean progressive) throws IOException {
        final BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
        final ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            final ImageWriteParam param = writer.getDefaultWriteParam();
            param.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), param);
        } finally {
            writer.dispose();
        }
    }

    /** Writes a PNG whose pixels are all zero, so that the file is small. {@code bytes} is the size of a pixel. */
    private static void png(Path file, int depth, int colourType, int bytes, boolean interlaced) throws IOException {
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            out.writeLong(0x89504E470D0A1A0AL);
            final byte[] header = new byte[13];
            java.nio.ByteBuffer.wrap(header).putInt(WIDTH).putInt(HEIGHT).put((byte) depth).put((byte) colourType).put((byte) 0)
                    .put((byte) 0).put((byte) (interlaced ? 1 : 0));
            chunk(out, "IHDR", header);
            if (colourType == 3)
                chunk(out, "PLTE", new byte[]{10, 20, 30});
            chunk(out, "IDAT", zeros(interlaced ? interlacedBytes(bytes) : HEIGHT * (1L + (long) WIDTH * bytes)));
            chunk(out, "IEND", new byte[0]);
        }
    }

    /** The bytes of the seven passes, with one filter byte for each row of a pass. */
    private static long interlacedBytes(int bytes) {
        final int[][] passes = {{8, 8}, {8, 8}, {4, 8}, {4, 4}, {2, 4}, {2, 2}, {1, 2}};
        long rows = 0;
        for (final int[] pass : passes)
            rows += HEIGHT / pass[1];
        return rows + (long) WIDTH * HEIGHT * bytes;
    }

    private static byte[] zeros(long count) {
        try (Deflater deflater = new Deflater()) {
            final java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
            final byte[] buffer = new byte[1 << 16];
            for (long left = count; !deflater.finished();) {
                if (deflater.needsInput() && left > 0) {
                    final int some = (int) Math.min(left, 1 << 20);
                    deflater.setInput(new byte[some]);
                    left -= some;
                    if (left == 0)
                        deflater.finish();
                }
                all.write(buffer, 0, deflater.deflate(buffer));
            }
            return all.toByteArray();
        }
    }

    private static void chunk(DataOutputStream out, String type, byte[] content) throws IOException {
        final CRC32 crc = new CRC32();
        crc.update(type.getBytes(StandardCharsets.US_ASCII));
        crc.update(content);
        out.writeInt(content.length);
        out.write(type.getBytes(StandardCharsets.US_ASCII));
        out.write(content);
        out.writeInt((int) crc.getValue());
    }
}
