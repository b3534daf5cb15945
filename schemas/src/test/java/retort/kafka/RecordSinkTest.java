package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import retort.broker.EmbeddedBroker;
import retort.record.Stream;

class RecordSinkTest {
    private static final Duration TIMEOUT = TestStream.TIMEOUT;
    private static final int BYTES = 50_000;

    private final Broker broker = TestStream.broker();
    private final Topics topics = broker.topics();
    private final Stream train = TestStream.stream("train", 1);
    private final String id = topics.prefix() + "id";

    @BeforeEach
    void anEmptyStream() {
        broker.ensureImages("train", 1, -1, 1 << 20);
    }

    @Test
    void whatIsInFlightNeverExceedsItsBound() {
        final long bound = 3 * BYTES;
        for (final RecordSink sink : List.of(broker.sink("sink", bound),
                broker.transactionalSink("id", bound))) {
            try (sink) {
                Flux.range(0, 40).flatMap(i -> sink.sendAll(List.of(record(BYTES))), 6).blockLast(TIMEOUT);
                assertThat(sink.inFlight().highest()).isBetween((long) BYTES, bound);
                assertThat(sink.inFlight().now()).isZero();
            }
        }
    }

    @Test
    void oneThatIsLargerThanTheBoundGoesAlone() {
        try (RecordSink sink = broker.sink("sink", 1000)) {
            final CompletableFuture<Void> small = sink.sendAll(List.of(record(10))).toFuture();
            final CompletableFuture<Void> large = sink.sendAll(List.of(record(BYTES), record(BYTES))).toFuture();
            assertThat(small).succeedsWithin(TIMEOUT);
            assertThat(large).succeedsWithin(TIMEOUT);
            assertThat(sink.inFlight().highest()).isEqualTo(2 * BYTES);
        }
    }

    /** The broker is stopped, so no record that is sent is ever acknowledged. */
    @Test
    void aCallerThatFloodsTheSinkWithoutWaitingIsRefused(@TempDir Path directory) {
        final RecordSink sink;
        try (EmbeddedBroker server = EmbeddedBroker.start(directory)) {
            final Broker gone = Broker.at(server.bootstrapServers(), "flood.");
            gone.ensureEventTopics();
            sink = gone.sink("flood", 2L * BYTES);
            sink.send(gone.topics().streams(), train).block(TIMEOUT);
        }
        final Map<String, AtomicInteger> refusals = new ConcurrentHashMap<>();
        for (final int size : new int[]{BYTES, 10}) {
            for (int i = 0; i < 100_000; i++)
                sink.sendAll(List.of(record(size))).subscribe(sent -> {
                }, refused -> refusals.computeIfAbsent(refused.toString(), said -> new AtomicInteger()).incrementAndGet());
            assertThat(refusals.values().stream().mapToInt(AtomicInteger::get).sum()).isGreaterThanOrEqualTo(99_996);
        }
        assertThat(refusals).hasSizeLessThan(10).allSatisfy((said, count) -> assertThat(said)
                .startsWith(SinkFullException.class.getName() + ": sink flood takes no more: ")
                .contains(" bytes wait for the broker already; wait for the end of each send"));
        sink.close(Duration.ZERO);
    }

    @Test
    void aNewOwnerFencesTheOlderOneForGood() {
        try (RecordSink older = broker.transactionalSink("id", 1 << 20)) {
            older.sendAll(batches(0, 2)).block(TIMEOUT);
            try (RecordSink newer = broker.transactionalSink("id", 1 << 20)) {
                for (int i = 0; i < 2; i++)
                    assertThatThrownBy(() -> older.sendAll(batches(2, 4)).block(TIMEOUT)).isInstanceOf(FencedException.class)
                            .hasMessageContaining(id);
                newer.sendAll(batches(2, 3)).block(TIMEOUT);
            }
        }
        assertThat(broker.latestSequence(train)).as("what the older one sent is not there")
                .isEqualTo(3);
    }

    /** A newer owner may appear at any moment of a transaction. The older owner's next error must be FencedException. */
    @Test
    void whoeverIsTakenOverInTheMidstOfItsTransactionsHearsThatAndNothingElse() {
        RecordSink owner = broker.transactionalSink("id", 1 << 20);
        try {
            for (int takeover = 0; takeover < 20; takeover++) {
                final RecordSink older = owner;
                final CompletableFuture<Void> busy = Mono.defer(() -> older.sendAll(batches(0, 1))).repeat().then().toFuture();
                owner = broker.transactionalSink("id", 1 << 20);
                assertThat(busy).failsWithin(TIMEOUT).withThrowableThat().havingCause().isInstanceOf(FencedException.class);
                older.close();
            }
        } finally {
            owner.close();
        }
    }

    @Test
    void whatFailsInATransactionLeavesNothingAndTheSinkGoesOn() {
        try (RecordSink sink = broker.transactionalSink("id", 8 << 20)) {
            assertThatThrownBy(
                    () -> sink.sendAll(List.of(TestStream.batch(topics, train, 0, 10), record(2 << 20))).block(TIMEOUT))
                    .hasRootCauseInstanceOf(RecordTooLargeException.class);
            assertThat(broker.latestSequence(train)).isZero();
            sink.sendAll(batches(0, 3)).block(TIMEOUT);
        }
        assertThat(broker.batches(train, StreamPosition.START, OptionalLong.of(2), 1 << 20, "test")
                .map(BatchRecord::sequence).collectList().block(TIMEOUT)).containsExactly(0L, 1L, 2L);
    }

    @Test
    void nothingIsSentBeforeSomebodyWaitsForItNorAfterTheyLeft() {
        try (RecordSink sink = broker.transactionalSink("id", 1 << 20)) {
            assertThat(sink.sendAll(batches(0, 1))).isNotNull();
            // A signal blocks the sink's thread while another sink is opened and closed.
            final CountDownLatch held = new CountDownLatch(1);
            final CompletableFuture<Void> first = sink.sendAll(List.of()).doOnSuccess(done -> awaitQuietly(held)).toFuture();
            sink.sendAll(batches(0, 1)).subscribe().dispose();
            held.countDown();
            assertThat(first).succeedsWithin(TIMEOUT);
            sink.sendAll(List.of()).block(TIMEOUT);
        }
        assertThat(broker.latestSequence(train)).isZero();
    }

    @Test
    void closeWaitsForWhatIsInFlightAndTurnsAwayTheRest() {
        final RecordSink sink = broker.sink("sink", BYTES);
        final List<CompletableFuture<Void>> sent = IntStream.range(0, 2)
                .mapToObj(i -> sink.sendAll(List.of(record(BYTES))).toFuture())
                .toList();
        sink.close();
        assertThat(sent).allSatisfy(one -> assertThat(one).isCompleted());
        assertThatThrownBy(() -> sink.sendAll(List.of(record(1))).block(TIMEOUT)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the sink is closed");
        sink.close();
    }

    @Test
    void blockingInASignalFailsAtOnceInsteadOfForEver() {
        try (RecordSink sink = broker.sink("sink", 1 << 20)) {
            assertThatThrownBy(() -> sink.sendAll(List.of(record(1)))
                    .doOnSuccess(done -> sink.sendAll(List.of(record(1))).block(TIMEOUT)).block(TIMEOUT))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("retort-sink-sink");
        }
    }

    /** Kafka 4 refuses a record that is more than an hour ahead of the broker's clock. */
    @Test
    void aClockAheadOfTheBrokersIsNamed() {
        broker.ensureEventTopics();
        final ProducerRecord<byte[], byte[]> ahead = new ProducerRecord<>(topics.streams().name(), null,
                System.currentTimeMillis() + Duration.ofHours(5).toMillis(), new byte[]{1}, new byte[]{1});

        for (final RecordSink sink : List.of(broker.sink("ahead", 1000), broker.transactionalSink("ahead", 1000)))
            try (sink) {
                assertThatThrownBy(() -> sink.sendAll(List.of(ahead)).block(TIMEOUT)).isInstanceOf(BrokerException.class)
                        .hasMessageContaining("because of its time, which is this machine's")
                        .hasMessageContaining("is wrong; set it");
            }
    }

    @Test
    void aBrokerThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Broker.at("127.0.0.1:1", "").withTimeout(Duration.ofSeconds(1)).transactionalSink("sink", 1))
                .isInstanceOf(BrokerUnreachableException.class).hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("kafka.bootstrap.servers");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<ProducerRecord<byte[], byte[]>> batches(long from, long to) {
        return TestStream.batches(topics, train, from, to, 10);
    }

    private ProducerRecord<byte[], byte[]> record(int bytes) {
        return new ProducerRecord<>(topics.images("train"), 0, null, new byte[bytes]);
    }
}
