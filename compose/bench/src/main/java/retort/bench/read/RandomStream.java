package retort.bench.read;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import retort.codec.ImageBatchWriter;
import retort.kafka.Broker;
import retort.kafka.RecordSink;
import retort.kafka.StreamRecords;
import retort.record.Stream;

/**
 * A stream of random RGB images without an end, which is published in transactions, as ingest publishes. One thread calls it. The one who
 * creates it closes it.
 */
public final class RandomStream implements AutoCloseable {
    private static final int TRANSACTION = 8;
    private static final int HEADER_BYTES = 1 << 16;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final Broker broker;
    private final Stream stream;
    private final byte[] pixels;
    private final RecordSink sink;
    private long next;

    private RandomStream(Broker broker, Stream stream, byte[] pixels, RecordSink sink) {
        this.broker = broker;
        this.stream = stream;
        this.pixels = pixels;
        this.sink = sink;
    }

    /**
     * Makes the topic of a stream.
     *
     * @param side side of an image in pixels
     * @param images number of images of a record
     */
    public static RandomStream create(Broker broker, String name, int partitions, int side, int images) {
        final byte[] pixels = new byte[side * side * 3 * images];
        new Random(0).nextBytes(pixels);
        broker.ensureImages(name, partitions, -1, pixels.length + HEADER_BYTES);
        final Stream stream = new Stream(name, "memory:random", "none", 1L, 3, side, side, List.of(0.5, 0.5, 0.5),
                List.of(0.25, 0.25, 0.25), List.of(), null, images, partitions, "random", null, Instant.EPOCH, Map.of());
        return new RandomStream(broker, stream, pixels,
                broker.transactionalSink(name + ".random", 2L * TRANSACTION * pixels.length, pixels.length + HEADER_BYTES));
    }

    public Stream stream() {
        return stream;
    }

    /** Bytes of the pixels of a record. */
    public int recordBytes() {
        return pixels.length;
    }

    /** Number of records that are published. */
    public long published() {
        return next;
    }

    /** Publishes the next records, and returns when they are committed. */
    public void publish(long records) {
        for (final long end = next + records; next < end;) {
            final List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>();
            for (final long until = Math.min(end, next + TRANSACTION); next < until; next++)
                all.add(StreamRecords.record(broker.topics(), stream.getName(), stream.getPartitions(), next, record(next)));
            sink.sendAll(all).block(TIMEOUT);
        }
    }

    private byte[] record(long sequence) {
        final int images = stream.getImagesPerRecord();
        final ImageBatchWriter writer = ImageBatchWriter.begin(stream.getName(), 0, sequence, stream.getHeight(),
                stream.getWidth(), 3,
                new int[images], LongStream.range(sequence * images, (sequence + 1) * images).toArray());
        System.arraycopy(pixels, 0, writer.array(), writer.pixelOffset(0), pixels.length);
        return writer.finish();
    }

    @Override
    public void close() {
        sink.close();
    }
}
