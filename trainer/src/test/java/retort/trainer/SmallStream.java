package retort.trainer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import retort.codec.ImageBatchWriter;
import retort.kafka.Broker;
import retort.kafka.RecordSink;
import retort.kafka.StreamRecords;
import retort.random.CounterRandom;
import retort.record.Stream;

/** A stream of smooth grey images of 16x16 pixels in records of odd sizes, which the test publishes itself. */
public final class SmallStream {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SIDE = 16;
    private static final int LABELS = 3;
    private static final int IMAGES_PER_RECORD = 5;
    private static final long SAMPLES = 23; // not a multiple of a record or of any batch
    private static final long RECORDS_PER_EPOCH = Math.ceilDiv(SAMPLES, IMAGES_PER_RECORD);

    private final Broker broker;
    private final Stream stream;
    private long next;

    private SmallStream(Broker broker, Stream stream) {
        this.broker = broker;
        this.stream = stream;
    }

    /** Publishes the description of the stream and creates its topic, without records. */
    public static SmallStream create(Broker broker, String name) {
        return create(broker, name, -1);
    }

    public static SmallStream create(Broker broker, String name, long retentionBytes) {
        return create(broker, name, retentionBytes, LABELS);
    }

    /** @param classes number of classes in the description; 0 for images without labels, below three for labels out of range */
    public static SmallStream create(Broker broker, String name, long retentionBytes, int classes) {
        broker.ensureEventTopics();
        broker.ensureImages(name, 2, retentionBytes, 1 << 20);
        final Stream stream = new Stream(name, "memory:smooth", "none", 1L, 1, SIDE, SIDE, List.of(0.5), List.of(0.25),
                IntStream.range(0, classes).mapToObj(label -> "class " + label).toList(),
                SAMPLES, IMAGES_PER_RECORD, 2, "0123abcd", null, Instant.EPOCH, Map.of());
        broker.streams().publish(stream);
        return new SmallStream(broker, stream);
    }

    /** Completes the stream: no more records follow. */
    public void complete() {
        broker.streams().complete(stream, next - 1);
    }

    /** Publishes the next {@code records} records. */
    public SmallStream publish(int records) {
        final List<ProducerRecord<byte[], byte[]>> batches = new ArrayList<>();
        for (int i = 0; i < records; i++)
            batches.add(record(next++));
        try (RecordSink sink = broker.transactionalSink("test-ingest", 1 << 24)) {
            for (int at = 0; at < batches.size(); at += 7) // puts transaction markers between records
                sink.sendAll(batches.subList(at, Math.min(batches.size(), at + 7))).block(PATIENCE);
        }
        return this;
    }

    private ProducerRecord<byte[], byte[]> record(long sequence) {
        final long epoch = sequence / RECORDS_PER_EPOCH;
        final long first = sequence % RECORDS_PER_EPOCH * IMAGES_PER_RECORD;
        final long[] ids = LongStream.range(first, Math.min(SAMPLES, first + IMAGES_PER_RECORD)).toArray();
        final ImageBatchWriter writer = ImageBatchWriter.begin(stream.getName(), epoch, sequence, SIDE, SIDE, 1,
                labels(ids), ids);
        for (int slot = 0; slot < ids.length; slot++)
            paint(writer.array(), writer.pixelOffset(slot), epoch, ids[slot]);
        return StreamRecords.record(broker.topics(), stream.getName(), 2, sequence, writer.finish());
    }

    private int[] labels(long[] ids) {
        final boolean labelled = !stream.getClassNames().isEmpty();
        return LongStream.of(ids).mapToInt(id -> labelled ? (int) (id % LABELS) : -1).toArray();
    }

    private static void paint(byte[] to, int offset, long epoch, long id) {
        final CounterRandom random = CounterRandom.of(5, "small stream", epoch, id);
        final double a = random.uniform(-6, 6);
        final double b = random.uniform(-6, 6);
        for (int i = 0; i < SIDE * SIDE; i++)
            to[offset + i] = (byte) Math.clamp(128 + a * (i % SIDE - 8) + b * ((double) i / SIDE - 8), 0, 255);
    }
}
