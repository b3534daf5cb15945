package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.BrokerProcess;
import retort.record.Stream;

/** A broker ends an owner of a transactional id whose transaction is open for too long, or whose id is idle for too long. */
class LapsedOwnershipTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String ID = "r.ingest";

    private final Stream train = TestStream.stream("train", 1);
    private BrokerProcess server;
    private Broker broker;

    @BeforeEach
    void aBrokerThatForgetsIdsSoon(@TempDir Path directory) {
        server = BrokerProcess.start(directory.resolve("kafka"), Map.of("transactional.id.expiration.ms", "1000",
                "transaction.remove.expired.transaction.cleanup.interval.ms", "200", "transaction.max.timeout.ms", "20000",
                "transaction.abort.timed.out.transaction.cleanup.interval.ms", "200"));
        broker = Broker.at(server.bootstrapServers(), "r.");
        broker.ensureImages("train", 1, -1, 1 << 20);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anIdThatHasExpiredIsNotTakenForAnotherProcess() {
        try (RecordSink sink = broker.transactionalSink("ingest", 1 << 20)) {
            send(sink, 0);
            await().atMost(TIMEOUT).until(() -> broker.ask(admin -> Broker.await(admin.listTransactions().all())).isEmpty());
            assertThatThrownBy(() -> send(sink, 1)).isInstanceOf(OwnershipLapsedException.class)
                    .hasMessageContaining(ID + " has expired at the broker")
                    .hasMessageContaining("transactional.id.expiration.ms");
        }
        try (RecordSink again = broker.transactionalSink("ingest", 1 << 20)) {
            send(again, 1);
        }
        assertThat(broker.latestSequence(train)).isEqualTo(2);
    }

    @Test
    void anIdThatHasExpiredAndWasClaimedByAnotherProcessIsLostToIt() {
        try (RecordSink sink = broker.transactionalSink("ingest", 1 << 20)) {
            send(sink, 0);
            await().atMost(TIMEOUT).until(() -> broker.ask(admin -> Broker.await(admin.listTransactions().all())).isEmpty());
            try (RecordSink _ = broker.transactionalSink("ingest", 1 << 20)) {
                assertThatThrownBy(() -> send(sink, 1)).isInstanceOf(FencedException.class)
                        .hasMessageContaining("another process has taken over transactional id " + ID);
            }
        }
    }

    @Test
    void aTransactionThatABrokerHasAbortedAfterAStandstillIsNotTakenForAnotherProcess() throws Exception {
        try (RecordSink sink = broker.transactionalSink("ingest", 1 << 20)) {
            send(sink, 0);
            final CompletableFuture<Void> sent = sink.sendAll(TestStream.batches(broker.topics(), train, 1, 2, 10), producer -> {
                ((KafkaProducer<?, ?>) producer).flush();
                awaitAborted();
            }).toFuture();
            assertThat(sent).failsWithin(TIMEOUT).withThrowableThat().havingCause().isInstanceOf(OwnershipLapsedException.class)
                    .withMessageContaining("longer than transaction.timeout.ms = 10000");
            assertThatThrownBy(() -> send(sink, 1)).isInstanceOf(OwnershipLapsedException.class)
                    .satisfies(failure -> OperationsPage.requireSentence(failure.getMessage()));
        }
        try (RecordSink again = broker.transactionalSink("ingest", 1 << 20)) {
            send(again, 1);
        }
        assertThat(broker.latestSequence(train)).as("each once").isEqualTo(2);
    }

    /** The older owner stands still in a transaction for so long that the broker may have ended it, but a newer owner has come, too. */
    @Test
    void anOwnerThatStoodStillWhileAnotherProcessTookOverStops() throws Exception {
        try (RecordSink older = broker.transactionalSink("ingest", 1 << 20)) {
            send(older, 0);
            final CompletableFuture<Void> sent = older.sendAll(TestStream.batches(broker.topics(), train, 1, 2, 10), producer -> {
                ((KafkaProducer<?, ?>) producer).flush();
                awaitAborted();
                CompletableFuture.runAsync(() -> { // because the sink's own thread may not block for a signal
                    try (RecordSink newer = broker.transactionalSink("ingest", 1 << 20)) {
                        send(newer, 1);
                    }
                }).join();
            }).toFuture();
            assertThat(sent).failsWithin(TIMEOUT).withThrowableThat().havingCause().isInstanceOf(FencedException.class);
        }
        assertThat(broker.latestSequence(train)).isEqualTo(2);
    }

    private void awaitAborted() {
        await().pollDelay(ProducerSettings.TRANSACTION_TIMEOUT).atMost(TIMEOUT)
                .until(() -> state() == TransactionState.COMPLETE_ABORT);
    }

    private TransactionState state() {
        return broker.ask(admin -> Broker.await(admin.describeTransactions(List.of(ID)).description(ID))).state();
    }

    private void send(RecordSink sink, int sequence) {
        sink.sendAll(TestStream.batches(broker.topics(), train, sequence, sequence + 1, 10)).block(TIMEOUT);
    }
}
