package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retort.record.Stream;

class StreamReaderTest {
    private static final Duration TIMEOUT = TestStream.TIMEOUT;
    private static final long BUDGET = 8 << 20;

    private final Broker broker = TestStream.broker();
    private final Topics topics = broker.topics();
    private final Stream train = TestStream.stream("train", 3);
    private final String topic = topics.images("train");

    @BeforeEach
    void anEmptyStream() {
        broker.ensureImages("train", 3, -1, 1 << 20);
    }

    @Test
    void anEmptyStreamHasNoEarliestAndBeginsAtZero() {
        assertThat(broker.earliestSequence(train)).isEmpty();
        assertThat(broker.latestSequence(train)).isZero();
    }

    @Test
    void mergesPartitionsBySequenceAndCompletesAfterTheLast() {
        for (long s = 0; s < 50; s += 7)
            TestStream.publish(broker, train, s, Math.min(50, s + 7), 100);
        assertThat(read(StreamPosition.START, 49)).containsExactlyElementsOf(range(0, 50));
        assertThat(read(new StreamPosition(48, Map.of()), 49)).containsExactly(48L, 49L);
        assertThat(broker.earliestSequence(train)).hasValue(0);
        assertThat(broker.latestSequence(train)).isEqualTo(50);
    }

    @Test
    void goesOnFromTheOffsetsOfTheRecordsItGave() {
        TestStream.publish(broker, train, 0, 20, 100);
        final Map<Integer, Long> offsets = new java.util.HashMap<>();
        broker.batches(train, StreamPosition.START, OptionalLong.of(12), BUDGET, "first").toIterable()
                .forEach(record -> offsets.merge(record.partition(), record.offset() + 1, Math::max));
        assertThat(read(new StreamPosition(13, offsets), 19)).containsExactlyElementsOf(range(13, 20));
    }

    @Test
    void abortedTransactionsAndTheirMarkersAreNotThere() {
        TestStream.publish(broker, train, 0, 5, 100);
        abort(TestStream.batches(topics, train, 5, 15, 100));
        assertThat(broker.latestSequence(train)).as("the tail is aborted").isEqualTo(5);
        TestStream.publish(broker, train, 5, 10, 100);
        abort(TestStream.batches(topics, train, 10, 40, 100));
        abort(TestStream.batches(topics, train, 10, 40, 100));

        assertThat(broker.latestSequence(train)).isEqualTo(10);
        assertThat(broker.earliestSequence(train)).hasValue(0);
        final Probe<BatchRecord> probe = new Probe<>();
        source(StreamPosition.START, OptionalLong.of(10), BUDGET).subscribe(probe);
        probe.request(Long.MAX_VALUE);
        await().atMost(TIMEOUT).until(() -> probe.received.size() == 10);
        TestStream.publish(broker, train, 10, 11, 100);
        assertThat(probe.ended).succeedsWithin(TIMEOUT);
        assertThat(probe.received).extracting(BatchRecord::sequence).containsExactlyElementsOf(range(0, 11));
    }

    @Test
    void aTransactionThatIsStillOpenHidesWhatItHolds() {
        TestStream.publish(broker, train, 0, 3, 100);
        transaction(producer -> {
            send(producer, TestStream.batches(topics, train, 3, 6, 100).stream());
            producer.flush();
            assertThat(broker.latestSequence(train)).isEqualTo(3);
            producer.commitTransaction();
        });
        assertThat(read(StreamPosition.START, 5)).containsExactlyElementsOf(range(0, 6));
    }

    @Test
    void aRepeatedSequenceIsDropped() {
        TestStream.publish(broker, train, 0, 6, 100);
        TestStream.publish(broker, train, 2, 8, 100);
        assertThat(read(StreamPosition.START, 7)).containsExactlyElementsOf(range(0, 8));
    }

    @Test
    void aGapIsProvenByTheNextRecordOfItsOwnPartition() {
        TestStream.publish(broker, train, 0, 4, 100);
        TestStream.publish(broker, train, 5, 8, 100);
        final Probe<BatchRecord> probe = new Probe<>();
        source(StreamPosition.START, OptionalLong.empty(), BUDGET).subscribe(probe);
        probe.request(Long.MAX_VALUE);
        assertThat(probe.ended).failsWithin(TIMEOUT).withThrowableThat().havingCause().isInstanceOf(StreamGapException.class)
                .withMessageContaining("sequence 4 of stream train is missing").withMessageContaining(topic + "-1@");
        assertThat(probe.received).extracting(BatchRecord::sequence).containsExactlyElementsOf(range(0, 4));
    }

    @Test
    void anUndecodableRecordIsAGapWithANumber() {
        TestStream.publish(broker, train, 0, 2, 100);
        transaction(producer -> {
            send(producer, java.util.stream.Stream.of(StreamRecords.record(topics, "train", 3, 2, new byte[]{7, 7, 7})));
            producer.commitTransaction();
        });
        assertThatThrownBy(() -> read(StreamPosition.START, 2)).isInstanceOf(StreamGapException.class)
                .hasMessageContaining("sequence 2 of stream train cannot be read at " + topic + "-2@0");
    }

    @Test
    void recordsLargerThanAFetchAndThanTheBudgetPassOneByOne() {
        TestStream.publish(broker, train, 0, 12, 200_000);
        final RecordSource<BatchRecord> source = source(StreamPosition.START, OptionalLong.of(11), 10_000);
        assertThat(source.map(BatchRecord::sequence).collectList().block(TIMEOUT)).containsExactlyElementsOf(range(0, 12));
        assertThat(source.gauge().highest()).as("of each partition one record at hand and one behind it, not all twelve")
                .isBetween(200_000L, 6 * 201_000L);
    }

    @Test
    void aPartitionThatIsFarAheadIsPausedAndTheOneThatOwesIsRead() {
        // Partition 0 gets its second record only after the other partitions have far more than their share of the budget.
        final List<ProducerRecord<byte[], byte[]>> all = TestStream.batches(topics, train, 0, 300, 10_000);
        transaction(producer -> {
            send(producer, all.stream().filter(record -> record.partition() != 0 || all.indexOf(record) == 0));
            producer.commitTransaction();
        });
        final long budget = 300_000;
        final RecordSource<BatchRecord> source = source(StreamPosition.START, OptionalLong.of(299), budget);
        final Probe<BatchRecord> probe = new Probe<>();
        source.subscribe(probe);
        probe.request(Long.MAX_VALUE);
        await().atMost(TIMEOUT).until(() -> probe.received.size() == 3 && source.gauge().now() > budget / 3);
        transaction(producer -> {
            send(producer, all.stream().filter(record -> record.partition() == 0 && all.indexOf(record) != 0));
            producer.commitTransaction();
        });
        assertThat(probe.ended).succeedsWithin(TIMEOUT);
        assertThat(probe.received).hasSize(300);
        assertThat(source.gauge().highest()).isLessThan(budget);
    }

    @Test
    void whatRetentionHasCutIsNamedWithAWayOn() {
        TestStream.publish(broker, train, 0, 30, 100);
        deleteBefore(0, 4); // sequences 0, 3, 6, 9
        deleteBefore(1, 6); // sequences 1, 4, ... 16

        assertThatThrownBy(() -> read(StreamPosition.START, 29)).isInstanceOf(PositionOutOfRangeException.class)
                .hasMessageContaining("sequence 0 of stream train").hasMessageContaining("retention")
                .hasMessageContaining("To go on");
        assertThatThrownBy(() -> read(new StreamPosition(15, Map.of(0, 5L, 1, 5L, 2, 5L)), 29))
                .isInstanceOf(PositionOutOfRangeException.class).hasMessageContaining("offset 5 of " + topic + "-1")
                .hasMessageContaining("which holds 6 to").hasMessageContaining("retention has outrun it");
        assertThat(broker.earliestSequence(train)).hasValue(17);
        assertThat(read(new StreamPosition(17, Map.of()), 29)).containsExactlyElementsOf(range(17, 30));
        deleteBefore(2, 11);
        assertThat(broker.earliestSequence(train))
                .as("after what a partition that is now empty must have held, by what the others hold").hasValue(27);
    }

    @Test
    void aPositionBeyondTheLogIsNamed() {
        TestStream.publish(broker, train, 0, 3, 100);
        assertThatThrownBy(() -> read(new StreamPosition(3, Map.of(0, 10_000L)), 3))
                .isInstanceOf(PositionOutOfRangeException.class)
                .hasMessageContaining("offset 10000 of " + topic + "-0").hasMessageContaining("not the one");
    }

    private List<Long> read(StreamPosition from, long last) {
        return source(from, OptionalLong.of(last), BUDGET).map(BatchRecord::sequence).collectList().block(TIMEOUT);
    }

    private RecordSource<BatchRecord> source(StreamPosition from, OptionalLong last, long budget) {
        return StreamReader.source(broker, train, from, last, budget, topics.prefix());
    }

    private void abort(List<ProducerRecord<byte[], byte[]>> records) {
        transaction(producer -> {
            send(producer, records.stream());
            producer.flush();
            producer.abortTransaction();
        });
    }

    private void transaction(Consumer<KafkaProducer<byte[], byte[]>> work) {
        try (var producer = new KafkaProducer<>(broker.kafka().with(Map.of("transactional.id", topics.prefix() + "other")),
                new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            work.accept(producer);
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer,
            java.util.stream.Stream<ProducerRecord<byte[], byte[]>> records) {
        records.forEach(record -> {
            final var _ = producer.send(record); // the following commit reports a failure
        });
    }

    private void deleteBefore(int partition, long offset) {
        try (Admin admin = Admin.create(broker.kafka().with(Map.of()))) {
            admin.deleteRecords(Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset))).all()
                    .toCompletionStage().toCompletableFuture().join();
        }
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }
}
