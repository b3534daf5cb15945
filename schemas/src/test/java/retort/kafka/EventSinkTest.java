package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retort.record.Stream;

class EventSinkTest {
    private static final Duration TIMEOUT = TestBroker.TIMEOUT;
    private static final int BYTES = 50_000;

    private final KafkaSettings kafka = TestBroker.kafka();
    private final Topics topics = TestBroker.topics();
    private final Stream train = TestBroker.stream("train", 1);
    private final String id = topics.prefix() + "id";

    @BeforeEach
    void anEmptyStream() {
        TopicAdmin.ensureImages(kafka, topics, "train", 1, -1, 1 << 20, TIMEOUT);
    }

    @Test
    void whatIsInFlightNeverExceedsItsBound() {
        final long bound = 3 * BYTES;
        for (final EventSink sink : List.of(EventSink.idempotent(kafka, "sink", bound),
                EventSink.transactional(kafka, "sink", id, bound, TIMEOUT))) {
            try (sink) {
                final List<CompletableFuture<Void>> sent = IntStream.range(0, 40)
                        .mapToObj(i -> sink.sendAll(List.of(record(BYTES))).toFuture()).toList();
                sent.forEach(one -> assertThat(one).succeedsWithin(TIMEOUT));
                assertThat(sink.inFlight().highest()).isBetween((long) BYTES, bound);
                assertThat(sink.inFlight().now()).isZero();
            }
        }
    }

    @Test
    void oneThatIsLargerThanTheBoundGoesAlone() {
        try (EventSink sink = EventSink.idempotent(kafka, "sink", 1000)) {
            final CompletableFuture<Void> small = sink.sendAll(List.of(record(10))).toFuture();
            final CompletableFuture<Void> large = sink.sendAll(List.of(record(BYTES), record(BYTES))).toFuture();
            assertThat(small).succeedsWithin(TIMEOUT);
            assertThat(large).succeedsWithin(TIMEOUT);
            assertThat(sink.inFlight().highest()).isEqualTo(2 * BYTES);
        }
    }

    @Test
    void aNewOwnerFencesTheOlderOneForGood() {
        try (EventSink older = EventSink.transactional(kafka, "older", id, 1 << 20, TIMEOUT)) {
            older.sendAll(batches(0, 2)).block(TIMEOUT);
            try (EventSink newer = EventSink.transactional(kafka, "newer", id, 1 << 20, TIMEOUT)) {
                for (int i = 0; i < 2; i++)
                    assertThatThrownBy(() -> older.sendAll(batches(2, 4)).block(TIMEOUT)).isInstanceOf(FencedException.class)
                            .hasMessageContaining(id);
                newer.sendAll(batches(2, 3)).block(TIMEOUT);
            }
        }
        assertThat(StreamReader.latestSequence(kafka, topics, train, TIMEOUT)).as("what the older one sent is not there")
                .isEqualTo(3);
    }

    /** The newer owner may come at any moment of a transaction: the older one's next error is that it is none any more. */
    @Test
    void whoeverIsTakenOverInTheMidstOfItsTransactionsHearsThatAndNothingElse() {
        EventSink owner = EventSink.transactional(kafka, "owner", id, 1 << 20, TIMEOUT);
        try {
            for (int takeover = 0; takeover < 20; takeover++) {
                final EventSink older = owner;
                final CompletableFuture<Void> busy = Mono.defer(() -> older.sendAll(batches(0, 1))).repeat().then().toFuture();
                owner = EventSink.transactional(kafka, "owner", id, 1 << 20, TIMEOUT);
                assertThat(busy).failsWithin(TIMEOUT).withThrowableThat().havingCause().isInstanceOf(FencedException.class);
                older.close();
            }
        } finally {
            owner.close();
        }
    }

    @Test
    void whatFailsInATransactionLeavesNothingAndTheSinkGoesOn() {
        try (EventSink sink = EventSink.transactional(kafka, "sink", id, 8 << 20, TIMEOUT)) {
            assertThatThrownBy(
                    () -> sink.sendAll(List.of(TestBroker.batch(topics, train, 0, 10), record(2 << 20))).block(TIMEOUT))
                    .hasRootCauseInstanceOf(RecordTooLargeException.class);
            assertThat(StreamReader.latestSequence(kafka, topics, train, TIMEOUT)).isZero();
            sink.sendAll(batches(0, 3)).block(TIMEOUT);
        }
        assertThat(StreamReader.read(kafka, topics, train, StreamPosition.START, OptionalLong.of(2), 1 << 20, "test")
                .map(BatchRecord::sequence).collectList().block(TIMEOUT)).containsExactly(0L, 1L, 2L);
    }

    @Test
    void nothingIsSentBeforeSomebodyWaitsForItNorAfterTheyLeft() {
        try (EventSink sink = EventSink.transactional(kafka, "sink", id, 1, TIMEOUT)) {
            assertThat(sink.sendAll(batches(0, 1))).isNotNull();
            // The sink's thread is held in a signal while another comes and goes.
            final CountDownLatch held = new CountDownLatch(1);
            final CompletableFuture<Void> first = sink.sendAll(List.of()).doOnSuccess(done -> awaitQuietly(held)).toFuture();
            sink.sendAll(batches(0, 1)).subscribe().dispose();
            held.countDown();
            assertThat(first).succeedsWithin(TIMEOUT);
            sink.sendAll(List.of()).block(TIMEOUT);
        }
        assertThat(StreamReader.latestSequence(kafka, topics, train, TIMEOUT)).isZero();
    }

    @Test
    void closeWaitsForWhatIsInFlightAndTurnsAwayTheRest() {
        final EventSink sink = EventSink.idempotent(kafka, "sink", BYTES);
        final List<CompletableFuture<Void>> sent = IntStream.range(0, 20)
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
        try (EventSink sink = EventSink.idempotent(kafka, "sink", 1 << 20)) {
            assertThatThrownBy(() -> sink.sendAll(List.of(record(1)))
                    .doOnSuccess(done -> sink.sendAll(List.of(record(1))).block(TIMEOUT)).block(TIMEOUT))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("retort-sink-sink");
        }
    }

    @Test
    void aBrokerThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> EventSink.transactional(KafkaSettings.of("127.0.0.1:1"), "sink", id, 1, Duration.ofSeconds(1)))
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
        return TestBroker.batches(topics, train, from, to, 10);
    }

    private ProducerRecord<byte[], byte[]> record(int bytes) {
        return new ProducerRecord<>(topics.images("train"), 0, null, new byte[bytes]);
    }
}
