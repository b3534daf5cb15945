package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retort.record.Stream;

class RecordSourceTest {
    /** Much shorter than one sleep of the source's loop, so that a lost wake-up fails the test. */
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final long BUDGET = 8 << 20;
    private static final int RECORDS = 100;

    private final Broker broker = TestStream.broker();
    private final Topics topics = broker.topics();
    private final Stream train = TestStream.stream("train", 2);
    private final String name = topics.prefix();

    @BeforeEach
    void aStreamOfAHundredRecords() {
        TestStream.publish(broker, train, 0, RECORDS, 10);
    }

    @Test
    void emitsOneWhenOneIsAskedForAndAHundredWait() {
        final Probe<BatchRecord> probe = new Probe<>();
        final RecordSource<BatchRecord> source = source(OptionalLong.empty());
        source.subscribe(probe);
        await().atMost(TIMEOUT).until(() -> source.gauge().now() > RECORDS * 10);
        assertThat(probe.received).isEmpty();
        probe.request(1);
        await().atMost(TIMEOUT).until(() -> probe.received.size() == 1);
        await().during(Duration.ofMillis(300)).until(() -> probe.received.size() == 1);
        probe.request(2);
        await().atMost(TIMEOUT).until(() -> probe.received.size() == 3);
        cancelAndAwaitEnd(probe);
    }

    /** The consumer belongs to no group, so nobody takes its partitions away. */
    @Test
    void zeroDemandPastMaxPollIntervalThenResume() {
        final Probe<BatchRecord> probe = new Probe<>();
        new RecordSource<>(name, broker, Map.of(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300), FetchBudget.of(BUDGET, 2),
                consumer -> {
                    final var opened = StreamReader.open(consumer, broker, train, StreamPosition.START,
                            OptionalLong.of(RECORDS - 1));
                    return new RecordSource.Opened<>(opened.topic(), 2, opened.merge());
                }).subscribe(probe);
        probe.request(1);
        await().atMost(TIMEOUT).until(() -> probe.received.size() == 1);
        await().during(Duration.ofSeconds(1)).atMost(TIMEOUT).until(() -> probe.received.size() == 1);
        probe.request(RECORDS);
        assertThat(probe.ended).succeedsWithin(TIMEOUT);
        assertThat(sequences(probe)).containsExactlyElementsOf(upTo(RECORDS));
    }

    @Test
    void missesNoDemandThatArrivesWhileItGoesToSleep() {
        // A thread that spins requests every record alone, so that requests fall into every moment of the loop.
        final int records = 5000;
        TestStream.publish(broker, train, RECORDS, records, 10);
        final Probe<BatchRecord> probe = new Probe<>();
        source(OptionalLong.of(records - 1)).subscribe(probe);
        Thread.ofPlatform().daemon().start(() -> {
            for (int asked = 0; asked < records && !probe.ended.isDone(); asked++) {
                probe.request(1);
                while (probe.count() <= asked && !probe.ended.isDone())
                    Thread.onSpinWait();
            }
        });
        assertThat(probe.ended).succeedsWithin(TIMEOUT);
        assertThat(sequences(probe)).containsExactlyElementsOf(upTo(records));
    }

    @Test
    void missesNoDemandBetweenTheDecisionToSleepAndTheSleep() {
        final Probe<BatchRecord> probe = new Probe<>();
        final AtomicBoolean asked = new AtomicBoolean();
        // The loop has found no demand and reads the buffers before it polls. The request comes at this moment.
        final RecordSource<BatchRecord> source = new RecordSource<>(name, broker, Map.of(), FetchBudget.of(BUDGET, 2),
                consumer -> {
                    final var opened = StreamReader.open(consumer, broker, train, StreamPosition.START,
                            OptionalLong.of(0));
                    return new RecordSource.Opened<>(opened.topic(), 2, new WatchedMerge<>(opened.merge(), buffered -> {
                        if (buffered > 0 && asked.compareAndSet(false, true))
                            CompletableFuture.runAsync(() -> probe.request(1)).join();
                    }));
                });
        source.subscribe(probe);
        assertThat(probe.ended).succeedsWithin(TIMEOUT);
        assertThat(sequences(probe)).containsExactly(0L);
    }

    @Test
    void demandMayComeFromWithinOnSubscribeAndOnNext() {
        final Probe<BatchRecord> probe = new Probe<>((self, record) -> {
            self.request(1);
            assertThat(Thread.currentThread().getName()).isEqualTo("retort-source-" + name);
        });
        source(OptionalLong.of(RECORDS - 1)).doOnSubscribe(subscription -> subscription.request(1)).subscribe(probe);
        assertThat(probe.ended).succeedsWithin(TIMEOUT);
        assertThat(sequences(probe)).containsExactlyElementsOf(upTo(RECORDS));
    }

    @Test
    void unboundedDemandStaysUnbounded() {
        final Probe<BatchRecord> probe = new Probe<>((self, record) -> self.request(Long.MAX_VALUE));
        source(OptionalLong.of(RECORDS - 1)).subscribe(probe);
        probe.request(Long.MAX_VALUE);
        probe.request(Long.MAX_VALUE);
        assertThat(probe.ended).succeedsWithin(TIMEOUT);
        assertThat(probe.received).hasSize(RECORDS);
    }

    @Test
    void demandThatIsNotPositiveIsAnError() {
        for (final long n : new long[]{0, -1, Long.MIN_VALUE}) {
            final Probe<BatchRecord> probe = new Probe<>();
            source(OptionalLong.empty()).subscribe(probe);
            probe.request(n);
            assertThat(probe.ended).failsWithin(TIMEOUT).withThrowableThat().havingCause()
                    .isInstanceOf(IllegalArgumentException.class).withMessageContaining("request(" + n + ")");
            assertThat(probe.received).isEmpty();
        }
        awaitEnd();
    }

    @Test
    void cancelEndsAPollThatWaits() {
        final Probe<BatchRecord> probe = new Probe<>();
        source(OptionalLong.empty()).subscribe(probe);
        probe.request(Long.MAX_VALUE);
        await().atMost(TIMEOUT).until(() -> probe.received.size() == RECORDS);
        cancelAndAwaitEnd(probe);
    }

    @Test
    void nothingIsEmittedAfterACancelInsideOnNext() {
        final Probe<BatchRecord> probe = new Probe<>((self, record) -> self.cancel());
        source(OptionalLong.empty()).subscribe(probe);
        probe.request(Long.MAX_VALUE);
        await().atMost(TIMEOUT).until(() -> !probe.received.isEmpty());
        awaitEnd();
        assertThat(probe.received).hasSize(1);
        assertThat(probe.ended).isNotDone();
        probe.request(-1);
        probe.cancel();
        assertThat(probe.ended).as("after a cancel nothing counts").isNotDone();
    }

    @Test
    void everySubscriberReadsFromTheStart() {
        final RecordSource<BatchRecord> source = source(OptionalLong.of(3));
        for (int i = 0; i < 2; i++)
            assertThat(source.map(BatchRecord::sequence).collectList().block(TIMEOUT)).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void whatIsAfterTheLastSequenceDoesNotMatter() {
        assertThat(broker.batches(train, new StreamPosition(5, Map.of()), OptionalLong.of(4), BUDGET, name)
                .collectList().block(TIMEOUT)).isEmpty();
    }

    @Test
    void aWakeUpThatKafkaHoldsIsAbsorbedByWhateverCallComesNext() {
        final TopicPartition partition = new TopicPartition(topics.images("train"), 0);
        try (OwnedConsumer consumer = new OwnedConsumer(broker,
                broker.kafka().with(ConsumerSettings.reading(FetchBudget.of(BUDGET, 1))))) {
            consumer.assign(List.of(partition));
            consumer.wake();
            consumer.seekToBeginning(List.of(partition));
            assertThat(consumer.position(partition)).isZero();
            consumer.wake();
            assertThat(consumer.logEnd(partition)).isGreaterThan(RECORDS / 2 - 1);
            consumer.wake();
            assertThat(consumer.partitions(partition.topic())).hasSize(2);
            consumer.wake();
            assertThat(consumer.poll(TIMEOUT)).isEmpty();
            assertThat(consumer.poll(TIMEOUT)).isNotEmpty();
            consumer.stop();
            assertThatThrownBy(() -> consumer.logStart(partition)).isInstanceOf(WakeupException.class);
            assertThatThrownBy(() -> consumer.rest(TIMEOUT)).isInstanceOf(WakeupException.class);
        }
    }

    private RecordSource<BatchRecord> source(OptionalLong last) {
        return StreamReader.source(broker, train, StreamPosition.START, last, BUDGET, name);
    }

    private void cancelAndAwaitEnd(Probe<BatchRecord> probe) {
        probe.cancel();
        awaitEnd();
        assertThat(probe.ended).isNotDone();
    }

    /** Waits for the source's thread to end. It ends after it has closed its consumer. */
    private void awaitEnd() {
        await().atMost(TIMEOUT).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("retort-source-" + name)));
    }

    private static List<Long> sequences(Probe<BatchRecord> probe) {
        return probe.received.stream().map(BatchRecord::sequence).toList();
    }

    private static List<Long> upTo(long end) {
        return LongStream.range(0, end).boxed().toList();
    }
}
