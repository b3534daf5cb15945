package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import retort.record.Stream;

/** The marker between history and live, where the end of the history is no record. */
class ReplayTest {
    private static final String LIVE = "LIVE";
    private final Broker broker = TestStream.broker();
    private final Topic<Stream> topic = broker.topics().streams();

    @Test
    void theMarkerFollowsTransactionMarkersTombstonesAndAbortedRecords() {
        broker.ensureEventTopics();
        try (RecordSink sink = broker.transactionalSink("test", 1 << 20)) {
            sink.send(topic, TestStream.stream("a", 1)).block(TestStream.TIMEOUT);
            sink.sendAll(List.of(topic.tombstone("a"), topic.record(TestStream.stream("b", 1)), topic.tombstone("b")))
                    .block(TestStream.TIMEOUT);
            abort(topic);
            final AtomicBoolean sent = new AtomicBoolean();
            final List<String> seen = read(7, item -> {
                if (item.equals(LIVE) && !sent.getAndSet(true))
                    sink.send(topic, TestStream.stream("c", 1)).then(sink.send(topic, TestStream.stream("d", 1))).subscribe();
            });

            assertThat(seen).containsExactly("a", "a", "b", "b", LIVE, "c", "d");
        }
    }

    @Test
    void anEmptyTopicAndOneThatIsMadeLaterHaveNoHistory() {
        broker.ensureEventTopics();
        assertThat(read(1, item -> {
        })).containsExactly(LIVE);
        final Broker later = TestStream.broker();
        final List<String> seen = new ArrayList<>();
        later.replay(later.topics().streams(), "later").doOnSubscribe(subscription -> publish(later, "x")).take(2)
                .doOnNext(item -> seen.add(name(item))).blockLast(TestStream.TIMEOUT);
        assertThat(seen).hasSize(2).contains(LIVE);
    }

    /** An event that is published while the reader starts is history or live, and the marker comes once. */
    @Test
    void theMarkerComesOnceWhileOthersPublish() {
        broker.ensureEventTopics();
        try (RecordSink sink = broker.transactionalSink("test", 1 << 20)) {
            final int all = 60;
            final Flux<Void> publishing = Flux.range(0, all)
                    .concatMap(i -> sink.send(topic, TestStream.stream("n" + i, 1)));
            final List<String> seen = new ArrayList<>();
            final var publisher = publishing.subscribe();
            broker.replay(topic, "test").take(all + 1).doOnNext(item -> seen.add(name(item))).blockLast(TestStream.TIMEOUT);
            publisher.dispose();

            assertThat(seen).containsOnlyOnce(LIVE).hasSize(all + 1);
            seen.remove(LIVE);
            assertThat(seen).first().isEqualTo("n0");
            assertThat(seen).last().isEqualTo("n" + (all - 1));
        }
    }

    private List<String> read(int items, java.util.function.Consumer<String> each) {
        final List<String> seen = new ArrayList<>();
        broker.replay(topic, "test").take(items).doOnNext(item -> {
            seen.add(name(item));
            each.accept(name(item));
        }).blockLast(TestStream.TIMEOUT);
        return seen;
    }

    private static String name(Optional<Event<Stream>> item) {
        return item.map(Event::key).orElse(LIVE);
    }

    private static void publish(Broker broker, String name) {
        Thread.ofVirtual().start(() -> {
            broker.ensureEventTopics();
            try (RecordSink sink = broker.sink("later", 1 << 20)) {
                sink.send(broker.topics().streams(), TestStream.stream(name, 1)).block(TestStream.TIMEOUT);
            }
        });
    }

    private void abort(Topic<Stream> to) {
        try (var producer = new KafkaProducer<>(
                broker.kafka().producer(Map.of("transactional.id", broker.global("aborting"))), new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            final var _ = producer.send(to.record(TestStream.stream("aborted", 1)));
            producer.flush();
            producer.abortTransaction();
        }
    }
}
