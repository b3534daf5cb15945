package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import retort.broker.EmbeddedBroker;
import retort.record.Stream;

/** Topics that are deleted, made again, or given more partitions, as somebody with Kafka's own tools does it. */
class TopicChangeTest {
    private static final Duration TIMEOUT = TestStream.TIMEOUT;
    private static final long BUDGET = 1 << 20;

    private final Broker broker = TestStream.broker();
    private final Topics topics = broker.topics();
    private final Stream train = TestStream.stream("train", 2);
    private final String images = topics.images("train");
    private final String raw = topics.raw("camera");

    @BeforeEach
    void topicsWithRecords() {
        broker.ensureEventTopics();
        TestStream.publish(broker, train, 0, 10, 100);
        make(broker, raw, 1);
        broker.streams().publish(train);
    }

    @Test
    void aTopicThatIsDeletedIsNamedByEveryReaderSinkAndService() {
        final Users users = new Users();
        users.awaitUse();

        delete(broker, users.failures().keySet().toArray(String[]::new));

        users.failures().forEach((topic, failure) -> assertThatThrownBy(() -> failure.get().block(TIMEOUT))
                .isInstanceOf(TopicChangedException.class).hasMessageContaining("topic " + topic + " at ")
                .hasMessageContaining("was deleted while this process used it (its id was "));
        assertThat(users.failures().keySet()).as("nothing made them again")
                .allSatisfy(topic -> assertThat(broker.find(topic)).isEmpty());
        users.close();
    }

    @Test
    void aTopicThatIsDeletedAndMadeAgainAtOnceIsNamedWithBothIds() {
        final Users users = new Users();
        users.awaitUse();
        final Map<String, String> before = new HashMap<>();
        users.failures().keySet().forEach(topic -> before.put(topic, id(broker, topic)));

        before.keySet().forEach(topic -> {
            delete(broker, topic);
            make(broker, topic, 2);
        });

        users.failures().forEach((topic, failure) -> assertThatThrownBy(() -> failure.get().block(TIMEOUT))
                .isInstanceOf(TopicChangedException.class).hasMessageContaining("topic " + topic + " at ")
                .hasMessageContaining("was deleted and made again")
                .hasMessageContaining("its id was " + before.get(topic) + " and is " + id(broker, topic)));
        users.close();
    }

    @Test
    void aPositionIsRefusedInAnotherTopicOfTheSameName() {
        final BatchRecord read = read(StreamPosition.START, 4).getLast();
        final StreamPosition saved = new StreamPosition(5, Map.of(0, 3L, 1, 2L), read.topicId());
        assertThat(read(saved, 9)).extracting(BatchRecord::sequence).containsExactly(5L, 6L, 7L, 8L, 9L);
        final String before = read.topicId().orElseThrow();

        delete(broker, images);
        assertThatThrownBy(() -> read(saved, 9)).isInstanceOf(TopicChangedException.class)
                .hasMessageContaining("topic " + images + " does not exist at " + broker.kafka().bootstrapServers());
        assertThatThrownBy(() -> broker.latestSequence(train)).as("as an audit asks").isInstanceOf(TopicChangedException.class)
                .hasMessageContaining("topic " + images + " does not exist at ");
        TestStream.publish(broker, train, 0, 20, 100);

        assertThatThrownBy(() -> read(saved, 9)).isInstanceOf(TopicChangedException.class)
                .hasMessageContaining("topic " + images).hasMessageContaining("id " + before + " then, " + id(broker, images))
                .hasMessageContaining("deleted and made again");
        final Broker forgetting = new Broker(broker.kafka(), new Topics(topics.prefix(), Set.of(before)), broker.timeout());
        assertThat(forgetting.batches(train, saved, OptionalLong.of(9), BUDGET, "forgetting").collectList().block(TIMEOUT))
                .as("the same sequences of a stream with an end").extracting(BatchRecord::sequence)
                .containsExactly(5L, 6L, 7L, 8L, 9L);
        final Stream endless = Stream.newBuilder(train).setSamplesPerEpoch(null).build();
        assertThatThrownBy(() -> forgetting.batches(endless, saved, OptionalLong.of(9), BUDGET, "endless").blockLast(TIMEOUT))
                .as("other images come under the same sequences").isInstanceOf(TopicChangedException.class);
        assertThat(read(new StreamPosition(5, Map.of(), Optional.empty()), 9)).as("a position of release 1 has no id").hasSize(5);
    }

    @Test
    void aRawPositionIsRefusedInAnotherTopicAlsoIfTheTopicIsGone() {
        send(raw, 0, 0, 3);
        final RawPosition saved = new RawPosition(Map.of(0, 2L), Optional.of(id(broker, raw)));
        assertThat(raw(saved, 1)).containsExactly("0/2");
        delete(broker, raw);
        await().atMost(TIMEOUT).until(() -> broker.find(raw).isEmpty()); // a broker tells of a deleted topic for a moment
        assertThatThrownBy(() -> raw(saved, 1)).isInstanceOf(TopicChangedException.class)
                .hasMessageContaining("topic " + raw + " does not exist").hasMessageContaining(saved.topicId().orElseThrow());
        make(broker, raw, 1);
        send(raw, 0, 0, 5);
        assertThatThrownBy(() -> raw(saved, 1)).isInstanceOf(TopicChangedException.class)
                .hasMessageContaining("is not the topic that the position was saved for (id "
                        + saved.topicId().orElseThrow() + " then, " + id(broker, raw) + " now)");
        assertThat(raw(RawPosition.START, 5)).hasSize(5);
    }

    @Test
    void partitionsThatARawTopicIsGivenAreReadFromTheirBeginning() {
        send(raw, 0, 0, 3);
        final List<String> received = new CopyOnWriteArrayList<>();
        final var reading = broker.raw(raw, RawPosition.START, "growing", found -> {
        }).subscribe(record -> received.add(place(record)));
        await().atMost(TIMEOUT).until(() -> received.size() == 3);

        for (final int partitions : new int[]{3, 4}) {
            final int all = received.size() + 2 * partitions;
            grow(raw, partitions);
            for (int partition = 0; partition < partitions; partition++)
                send(raw, partition, 3, 5);
            await().atMost(TIMEOUT).untilAsserted(() -> assertThat(received).hasSize(all));
        }

        reading.dispose();
        assertThat(received).doesNotHaveDuplicates();
        for (int partition = 0; partition < 4; partition++)
            assertThat(received.stream().filter(of(partition)).map(place -> Long.valueOf(place.substring(2))).toList())
                    .as("the order of partition %d", partition).isSorted();
        assertThat(received.stream().filter(of(3))).hasSize(2);
        assertThat(raw(new RawPosition(Map.of(0, 7L, 1, 4L), Optional.of(id(broker, raw))), 6))
                .as("a position from before the growth").containsExactlyInAnyOrder("2/0", "2/1", "2/2", "2/3", "3/0", "3/1");
    }

    @Test
    void aStreamOutlivesTheGrowthOfItsTopicBecauseItUsesTheFirstPartitions() {
        final Probe<BatchRecord> probe = new Probe<>();
        broker.batches(train, StreamPosition.START, OptionalLong.of(29), BUDGET, "growing").subscribe(probe);
        probe.request(Long.MAX_VALUE);
        await().atMost(TIMEOUT).until(() -> probe.received.size() == 10);
        grow(images, 5);
        TestStream.publish(broker, train, 10, 30, 100); // checks the topic as ingest does
        assertThat(probe.ended).succeedsWithin(TIMEOUT);
        assertThat(probe.received).extracting(BatchRecord::sequence)
                .containsExactlyElementsOf(LongStream.range(0, 30).boxed().toList());
        assertThat(broker.latestSequence(train)).isEqualTo(30);
        assertThat(read(StreamPosition.START, 29)).hasSize(30);
    }

    @Test
    void noReaderMakesATopicWhereTheBrokerWouldAndASinkWhoseTopicComesBackIsNamed(@TempDir Path directory) {
        try (EmbeddedBroker server = EmbeddedBroker.start(directory, 0, Map.of("auto.create.topics.enable", "true"))) {
            final Broker generous = Broker.at(server.bootstrapServers(), "").withTimeout(Duration.ofSeconds(20));
            generous.ensureEventTopics();
            final List<String> missing = List.of("images.train", "raw.camera", "retort.progress");
            final Broker elsewhere = new Broker(generous.kafka(), new Topics("retort."), generous.timeout());
            final var reading = Flux.merge(
                    generous.raw("raw.camera", RawPosition.START, "raw", found -> {
                    }), elsewhere.follow(elsewhere.topics().progress(), From.EARLIEST, "progress")).subscribe();
            assertThatThrownBy(() -> generous.batches(train, StreamPosition.START, OptionalLong.empty(), BUDGET, "images")
                    .blockFirst(TIMEOUT)).isInstanceOf(TopicChangedException.class)
                    .hasMessageContaining("topic images.train does not exist");
            reading.dispose();
            assertThat(missing).allSatisfy(topic -> assertThat(generous.find(topic)).isEmpty());

            try (RecordSink sink = generous.sink("sink", 1 << 20)) {
                sink.send(generous.topics().streams(), train).block(TIMEOUT);
                await().atMost(TIMEOUT).until(() -> sink.used().partitions("streams") > 0);
                delete(generous, "streams");
                await().atMost(TIMEOUT).untilAsserted(() -> assertThatThrownBy(
                        () -> sink.send(generous.topics().streams(), train).block(TIMEOUT))
                        .isInstanceOf(TopicChangedException.class).hasMessageContaining("topic streams ")
                        .hasMessageContaining("was deleted"));
            }
        }
    }

    /** One user of every kind, each of a topic of its own, and what becomes of it. */
    private final class Users {
        private final Probe<BatchRecord> batches = new Probe<>();
        private final Probe<ConsumerRecord<byte[], byte[]>> records = new Probe<>();
        private final Probe<Event<Stream>> events = new Probe<>();
        private final RecordSink idempotent = broker.sink("sink", 1 << 20);
        private final RecordSink transactional = broker.transactionalSink("transactions", 1 << 20);
        private final CompletableFuture<Void> service;

        Users() {
            broker.batches(train, StreamPosition.START, OptionalLong.empty(), BUDGET, "batches").subscribe(batches);
            broker.raw(raw, RawPosition.START, "records", found -> {
            }).subscribe(records);
            broker.follow(topics.streams(), From.EARLIEST, "events").subscribe(events);
            List.of(batches, records, events).forEach(probe -> probe.request(Long.MAX_VALUE));
            service = broker.unchanged(List.of(topics.progress().name())).toFuture();
            idempotent.sendAll(List.of(record(topics.promotions().name()))).block(TIMEOUT);
            transactional.sendAll(List.of(record(topics.evaluations().name()))).block(TIMEOUT);
        }

        /** Waits until every user knows its topic. */
        void awaitUse() {
            send(raw, 0, 0, 1);
            await().atMost(TIMEOUT).until(() -> batches.count() == 10 && records.count() == 1 && events.count() == 1
                    && idempotent.used().partitions(topics.promotions().name()) > 0
                    && transactional.used().partitions(topics.evaluations().name()) > 0);
        }

        Map<String, Supplier<Mono<Void>>> failures() {
            return Map.of(images, () -> Mono.fromFuture(batches.ended, true),
                    raw, () -> Mono.fromFuture(records.ended, true),
                    topics.streams().name(), () -> Mono.fromFuture(events.ended, true),
                    topics.progress().name(), () -> Mono.fromFuture(service, true),
                    topics.promotions().name(), () -> sends(idempotent, topics.promotions().name()),
                    topics.evaluations().name(), () -> sends(transactional, topics.evaluations().name()));
        }

        /** Sends one record after another, until one fails. The producer itself would wait for two minutes. */
        private static Mono<Void> sends(RecordSink sink, String topic) {
            return Mono.defer(() -> sink.sendAll(List.of(record(topic)))).repeat().then();
        }

        void close() {
            idempotent.close();
            transactional.close();
        }
    }

    @Test
    void aSinkWhoseTopicWasNeverThereSaysSo() {
        try (RecordSink sink = broker.transactionalSink("nowhere", 1 << 20)) {
            assertThatThrownBy(() -> sink.sendAll(List.of(record(topics.prefix() + "nowhere"))).block(TIMEOUT))
                    .isInstanceOf(TopicChangedException.class)
                    .hasMessageContaining("topic " + topics.prefix() + "nowhere does not exist at ");
        }
    }

    private static Predicate<String> of(int partition) {
        return place -> place.startsWith(partition + "/");
    }

    private List<BatchRecord> read(StreamPosition from, long last) {
        return broker.batches(train, from, OptionalLong.of(last), BUDGET, "read").collectList().block(TIMEOUT);
    }

    private List<String> raw(RawPosition from, int count) {
        return broker.raw(raw, from, "raw", found -> {
        }).map(TopicChangeTest::place).take(count).collectList().block(TIMEOUT);
    }

    private static String place(ConsumerRecord<byte[], byte[]> record) {
        return record.partition() + "/" + record.offset();
    }

    private void send(String topic, int partition, int from, int to) {
        try (RecordSink sink = broker.sink("raw", 1 << 20)) {
            for (int i = from; i < to; i++)
                sink.sendAll(List.of(new ProducerRecord<>(topic, partition, null,
                        ("image " + i).getBytes(StandardCharsets.UTF_8)))).block(TIMEOUT);
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String topic) {
        return new ProducerRecord<>(topic, 0, new byte[]{1}, new byte[]{1});
    }

    private void grow(String topic, int partitions) {
        broker.ask(admin -> Broker.await(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all()));
    }

    private static String id(Broker broker, String topic) {
        return broker.find(topic).flatMap(LiveTopic::id).orElseThrow();
    }

    private static void make(Broker broker, String topic, int partitions) {
        broker.ask(admin -> Broker.await(
                admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty()))).all()));
    }

    private static void delete(Broker broker, String... names) {
        broker.ask(admin -> Broker.await(admin.deleteTopics(List.of(names)).all()));
    }
}
