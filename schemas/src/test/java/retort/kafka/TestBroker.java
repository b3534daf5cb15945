package retort.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import retort.broker.EmbeddedBroker;
import retort.codec.ImageBatchWriter;
import retort.record.Stream;

/** One real broker for all tests of this JVM; every test takes a prefix of its own, so that none sees another's topics. */
final class TestBroker {
    static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private static final class Holder {
        static final EmbeddedBroker BROKER = EmbeddedBroker.start(directory());
    }

    private TestBroker() {
    }

    static KafkaSettings kafka() {
        return KafkaSettings.of(Holder.BROKER.bootstrapServers());
    }

    static Topics topics() {
        return new Topics("t" + PREFIXES.incrementAndGet() + ".");
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory(Path.of("target"), "broker").toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A description of a stream of grey 2 x 2 images; only name and partitions matter to a reader. */
    static Stream stream(String name, int partitions) {
        return Stream.newBuilder().setName(name).setSource("idx:/data").setRecipe("pretrain").setSeed(1).setChannels(1)
                .setHeight(2).setWidth(2).setMean(List.of(0.5)).setStd(List.of(0.25)).setClassNames(List.of("a", "b"))
                .setSamplesPerEpoch(100L).setImagesPerRecord(1).setPartitions(partitions).setSettingsHash("hash")
                .setCreatedAt(java.time.Instant.EPOCH).build();
    }

    /** A record of {@code bytes} pixels in one image, the sequence as its label. */
    static ProducerRecord<byte[], byte[]> batch(Topics topics, Stream stream, long sequence, int bytes) {
        final byte[] value = ImageBatchWriter.begin(stream.getName(), 0, sequence, 1, bytes, 1, new int[]{(int) sequence},
                new long[]{sequence}).finish();
        return StreamRecords.record(topics, stream.getName(), stream.getPartitions(), sequence, value);
    }

    /** Creates the stream's topic where it is missing and commits records {@code from} to before {@code to}, in one transaction. */
    static void publish(KafkaSettings kafka, Topics topics, Stream stream, long from, long to, int bytes) {
        TopicAdmin.ensureImages(kafka, topics, stream.getName(), stream.getPartitions(), -1, Math.max(1 << 20, 2 * bytes),
                TIMEOUT);
        try (EventSink sink = EventSink.transactional(kafka, "ingest", topics.prefix() + "ingest", 4 << 20, Math.max(1000, bytes),
                TIMEOUT)) {
            sink.sendAll(batches(topics, stream, from, to, bytes)).block(TIMEOUT);
        }
    }

    static List<ProducerRecord<byte[], byte[]>> batches(Topics topics, Stream stream, long from, long to, int bytes) {
        return LongStream.range(from, to).mapToObj(sequence -> batch(topics, stream, sequence, bytes)).toList();
    }
}
