package retort.bench.read;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.tools.ConsumerPerformance;
import retort.bench.BenchException;
import retort.kafka.Broker;
import retort.kafka.StreamPosition;
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
    private static final int BLOCKS = 4;
    private static final long BUFFER_BYTES = 64L << 20;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final String NAME = "read";
    private static final int WHOLE_COLUMN = 3;
    private static final int FLOW_COLUMN = 8;
    private static final double BYTES_OF_A_TOOLS_MB = 1024 * 1024;

    private final Broker broker;
    private final String address;
    private final Stream stream;
    private final int records;
    private final int batch;

    /**
     * The rates of one turn, in MB a second.
     *
     * @param whole from the beginning of the reader, with its opening, to the last batch or record
     * @param flow without the opening
     */
    record Turn(double whole, double flow) {
    }

    private ReadContest(Broker broker, String address, Stream stream, int records, int batch) {
        this.broker = broker;
        this.address = address;
        this.stream = stream;
        this.records = records;
        this.batch = batch;
    }

    /** Publishes the stream. */
    static ReadContest publish(String address, int partitions, int megabytes, int batch) {
        final Broker broker = Broker.at(address, "bench" + ProcessHandle.current().pid() + "." + partitions + ".");
        final int records = Math.max(1, (int) (megabytes * 1e6 / RECORD_BYTES));
        try (RandomStream random = RandomStream.create(broker, NAME, partitions, SIDE, IMAGES_PER_RECORD)) {
            random.publish(records);
            return new ReadContest(broker, address, random.stream(), records, batch);
        }
    }

    /**
     * Reads the stream as a run does: fetch, merge, decode of the envelope, and packing into buffers outside the heap. The opening ends with
     * the first record.
     */
    Turn trainer() {
        final BlockBuffers buffers = new BlockBuffers(BLOCKS, batch * IMAGE_BYTES);
        final AtomicLong opened = new AtomicLong();
        final long began = System.nanoTime();
        final Long blocks = Rebatch.full(
                broker.batches(stream, StreamPosition.START, OptionalLong.of(records - 1L), BUFFER_BYTES, "bench-read")
                        .doOnNext(_ -> opened.compareAndSet(0, System.nanoTime())),
                stream, batch, ImagePosition.at(0), buffers).doOnNext(buffers::giveBack).count().block(TIMEOUT);
        final long ended = System.nanoTime();
        final long wanted = (long) records * IMAGES_PER_RECORD / batch;
        if (blocks == null || blocks != wanted)
            throw new BenchException("the stream gave " + blocks + " batches of " + batch + " instead of " + wanted);
        final double bytes = (double) records * RECORD_BYTES;
        return new Turn(bytes * 1e3 / (ended - began), bytes * 1e3 / (ended - opened.get()));
    }

    /** Kafka's tool, with fetches of the trainer's size. Its opening ends when it is given its partitions, before its first fetch. */
    Turn tool() {
        final PrintStream out = System.out;
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream heard = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(heard); // the tool prints its result
            ConsumerPerformance
                    .main(new String[]{"--bootstrap-server", address, "--topic", broker.topics().images(NAME), "--num-records",
                            Integer.toString(records), "--timeout", "60000", "--hide-header", "--fetch-size",
                            Integer.toString(fetchBytes())});
        } finally {
            System.setOut(out);
        }
        return rates(said.toString(StandardCharsets.UTF_8));
    }

    /** Bytes of a fetch of the trainer. */
    int fetchBytes() {
        return Broker.fetchBytes(stream, BUFFER_BYTES);
    }

    /** The columns MB.sec and fetch.MB.sec of the tool's line, in MB of a million bytes. */
    static Turn rates(String said) {
        return said.lines().map(line -> line.split(",\\s*")).filter(columns -> columns.length > FLOW_COLUMN)
                .map(columns -> new Turn(rate(columns[WHOLE_COLUMN]), rate(columns[FLOW_COLUMN]))).reduce((_, last) -> last)
                .orElseThrow(
                        () -> new BenchException("Kafka's consumer performance tool said nothing that can be read: " + said));
    }

    private static double rate(String column) {
        return Double.parseDouble(column.strip()) * BYTES_OF_A_TOOLS_MB / 1e6;
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
