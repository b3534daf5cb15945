package retort.bench.read;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.tools.ConsumerPerformance;
import retort.bench.BenchException;
import retort.codec.ImageBatchWriter;
import retort.kafka.Broker;
import retort.kafka.RecordSink;
import retort.kafka.StreamPosition;
import retort.kafka.StreamRecords;
import retort.record.Stream;
import retort.trainer.images.BlockBuffers;
import retort.trainer.images.ImagePosition;
import retort.trainer.images.Rebatch;

/**
 * One stream of random images in a broker, which both contestants read from its beginning. The images are published in transactions, as
 * ingest publishes them. {@link #close} deletes the topic.
 */
final class ReadContest implements AutoCloseable {
    static final int IMAGE_BYTES = 224 * 224 * 3;
    /** Ingest's choice for images of this size: the most that fit into 1 MiB. */
    static final int IMAGES_PER_RECORD = 6;
    static final int RECORD_BYTES = IMAGES_PER_RECORD * IMAGE_BYTES;

    private static final int SIDE = 224;
    private static final int TRANSACTION = 8;
    private static final int BLOCKS = 4;
    private static final long BUFFER_BYTES = 64L << 20;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final String NAME = "read";
    private static final int RATE_COLUMN = 8;
    private static final double BYTES_OF_A_TOOLS_MB = 1024 * 1024;

    private final Broker broker;
    private final String address;
    private final Stream stream;
    private final int records;
    private final int batch;

    private ReadContest(Broker broker, String address, Stream stream, int records, int batch) {
        this.broker = broker;
        this.address = address;
        this.stream = stream;
        this.records = records;
        this.batch = batch;
    }

    /** Publishes the stream. */
    static ReadContest publish(String address, int partitions, int megabytes, int batch) {
        final int records = Math.max(1, (int) (megabytes * 1e6 / RECORD_BYTES));
        final Broker broker = Broker.at(address, "bench" + ProcessHandle.current().pid() + "." + partitions + ".");
        broker.ensureImages(NAME, partitions, -1, RECORD_BYTES + (1 << 16));
        final Stream stream = new Stream(NAME, "memory:random", "none", 1L, 3, SIDE, SIDE, List.of(0.5, 0.5, 0.5),
                List.of(0.25, 0.25, 0.25),
                List.of(), null, IMAGES_PER_RECORD, partitions, "bench", null, Instant.EPOCH, Map.of());
        final ReadContest contest = new ReadContest(broker, address, stream, records, batch);
        contest.fill(partitions);
        return contest;
    }

    private void fill(int partitions) {
        final byte[] pixels = new byte[RECORD_BYTES];
        new Random(0).nextBytes(pixels);
        try (RecordSink sink = broker.transactionalSink("bench.read", 2L * TRANSACTION * RECORD_BYTES,
                RECORD_BYTES + (1 << 16))) {
            for (long first = 0; first < records; first += TRANSACTION) {
                final List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>();
                for (long sequence = first; sequence < Math.min(records, first + TRANSACTION); sequence++)
                    all.add(StreamRecords.record(broker.topics(), NAME, partitions, sequence, record(sequence, pixels)));
                sink.sendAll(all).block(TIMEOUT);
            }
        }
    }

    private static byte[] record(long sequence, byte[] pixels) {
        final long[] ids = LongStream.range(sequence * IMAGES_PER_RECORD, (sequence + 1) * IMAGES_PER_RECORD).toArray();
        final ImageBatchWriter writer = ImageBatchWriter.begin(NAME, 0, sequence, SIDE, SIDE, 3, new int[IMAGES_PER_RECORD], ids);
        System.arraycopy(pixels, 0, writer.array(), writer.pixelOffset(0), RECORD_BYTES);
        return writer.finish();
    }

    /** Reads the stream as a run does: fetch, merge, decode of the envelope, and packing into buffers outside the heap. @return MB a second */
    double trainer() {
        final BlockBuffers buffers = new BlockBuffers(BLOCKS, batch * IMAGE_BYTES);
        final long began = System.nanoTime();
        final Long blocks = Rebatch.full(
                broker.batches(stream, StreamPosition.START, OptionalLong.of(records - 1L), BUFFER_BYTES, "bench-read"), stream,
                batch,
                ImagePosition.at(0), buffers).doOnNext(buffers::giveBack).count().block(TIMEOUT);
        final double seconds = (System.nanoTime() - began) / 1e9;
        final long wanted = (long) records * IMAGES_PER_RECORD / batch;
        if (blocks == null || blocks != wanted)
            throw new BenchException("the stream gave " + blocks + " batches of " + batch + " instead of " + wanted);
        return (double) records * RECORD_BYTES / 1e6 / seconds;
    }

    /** Kafka's tool: its rate between the first and the last record, without the time in which its group forms. @return MB a second */
    double tool() {
        final PrintStream out = System.out;
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream heard = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(heard); // the tool prints its result
            ConsumerPerformance
                    .main(new String[]{"--bootstrap-server", address, "--topic", broker.topics().images(NAME), "--num-records",
                            Integer.toString(records), "--timeout", "60000", "--hide-header"});
        } finally {
            System.setOut(out);
        }
        return rate(said.toString(StandardCharsets.UTF_8)) * BYTES_OF_A_TOOLS_MB / 1e6;
    }

    /** The column fetch.MB.sec of the tool's line. */
    static double rate(String said) {
        return said.lines().map(line -> line.split(",\\s*")).filter(columns -> columns.length > RATE_COLUMN)
                .mapToDouble(columns -> Double.parseDouble(columns[RATE_COLUMN].strip())).reduce((_, last) -> last)
                .orElseThrow(
                        () -> new BenchException("Kafka's consumer performance tool said nothing that can be read: " + said));
    }

    @Override
    public void close() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            final Collection<String> own = List.of(broker.topics().images(NAME));
            admin.deleteTopics(own).all().get();
        } catch (ExecutionException e) {
            throw new BenchException("the benchmark's topic could not be deleted: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
