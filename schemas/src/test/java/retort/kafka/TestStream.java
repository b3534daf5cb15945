package retort.kafka;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import retort.broker.SharedBroker;
import retort.codec.ImageBatchWriter;
import retort.record.Stream;

/** A small stream and its records, on the shared broker. */
final class TestStream {
    static final Duration TIMEOUT = Duration.ofSeconds(20);

    private TestStream() {
    }

    /** The shared broker with a prefix of its own. An event that cannot be decoded fails the reader. */
    static Broker broker() {
        return Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix())
                .onUndecodable((topic, key, where, reason) -> {
                    throw new AssertionError(where + ": " + reason);
                });
    }

    /** A description of a stream of grey 2 x 2 images. A reader uses only the name and the number of partitions. */
    static Stream stream(String name, int partitions) {
        return Stream.newBuilder().setName(name).setSource("idx:/data").setRecipe("pretrain").setSeed(1).setChannels(1)
                .setHeight(2).setWidth(2).setMean(List.of(0.5)).setStd(List.of(0.25)).setClassNames(List.of("a", "b"))
                .setSamplesPerEpoch(100L).setImagesPerRecord(1).setPartitions(partitions).setSettingsHash("hash")
                .setCreatedAt(java.time.Instant.EPOCH).build();
    }

    /** A record with one image of {@code bytes} pixels. The label is the sequence. */
    static ProducerRecord<byte[], byte[]> batch(Topics topics, Stream stream, long sequence, int bytes) {
        final byte[] value = ImageBatchWriter.begin(stream.getName(), 0, sequence, 1, bytes, 1, new int[]{(int) sequence},
                new long[]{sequence}).finish();
        return StreamRecords.record(topics, stream.getName(), stream.getPartitions(), sequence, value);
    }

    /** Creates the stream's topic if it is missing and commits the records from {@code from} to before {@code to} in one transaction. */
    static void publish(Broker broker, Stream stream, long from, long to, int bytes) {
        broker.ensureImages(stream.getName(), stream.getPartitions(), -1, Math.max(1 << 20, 2 * bytes));
        try (RecordSink sink = broker.transactionalSink("ingest", 4 << 20, Math.max(1000, bytes))) {
            sink.sendAll(batches(broker.topics(), stream, from, to, bytes)).block(TIMEOUT);
        }
    }

    static List<ProducerRecord<byte[], byte[]>> batches(Topics topics, Stream stream, long from, long to, int bytes) {
        return LongStream.range(from, to).mapToObj(sequence -> batch(topics, stream, sequence, bytes)).toList();
    }
}
