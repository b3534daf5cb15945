package retort.ingest.source.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import retort.broker.EmbeddedBroker;
import retort.codec.EventCodec;
import retort.ingest.source.Sample;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.ingest.source.Sources.Seen;
import retort.ingest.source.TinyImages;
import retort.ingest.source.UnboundedSource;
import retort.ingest.source.UnboundedSource.Arrived;
import retort.kafka.Broker;
import retort.kafka.LiveTopic;
import retort.kafka.Topics;
import retort.record.RawImage;

class RawTopicTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path data;

    private static EmbeddedBroker broker;
    private static SourceContext context;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(data);
        context = new SourceContext(Broker.at(broker.bootstrapServers(), Topics.DEFAULT.prefix()), Map.of(),
                retort.place.Places.standard());
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void tellsEveryFramingByItsFirstBytesAndSetsAsideWhatIsNone() throws Exception {
        createTopic("framings", 1);
        final byte[] jpeg = TinyImages.jpeg(1);
        final byte[] png = TinyImages.png(2);
        final byte[] avro = EventCodec.of(RawImage.class).encode(image("avro", 5, jpeg));
        final byte[] confluent = ByteBuffer.allocate(avro.length - 5).put((byte) 0).putInt(77).put(avro, 10, avro.length - 10)
                .array();
        final byte[] damaged = Arrays.copyOf(avro, avro.length - 3);
        publish(
                record("framings", 0, "plain", jpeg, "4"),
                record("framings", 0, "unlabelled", png, null),
                record("framings", 0, "key is not the id", avro, null),
                record("framings", 0, null, confluent, null),
                record("framings", 0, "cut", damaged, null),
                record("framings", 0, "empty", new byte[0], null),
                record("framings", 0, "tombstone", null, null),
                record("framings", 0, "wrong", jpeg, "cat"),
                record("framings", 0, null, png, "-1"));
        final List<Sample> samples = take(open("raw.framings"), Optional.empty(), 9).stream().map(Arrived::sample).toList();
        assertThat(samples.stream().limit(4).map(Seen::of)).containsExactly(Seen.encoded(0, "plain", 4, jpeg),
                Seen.encoded(1, "unlabelled", -1, png), Seen.encoded(2, "avro", 5, jpeg), Seen.encoded(3, "avro", 5, jpeg));
        assertThat(samples.subList(4, 8)).extracting(Sample::content).allSatisfy(
                content -> assertThat(content).isInstanceOf(Sample.Unreadable.class));
        assertThat(samples.get(4).name()).isEqualTo("cut");
        assertThat(((Sample.Unreadable) samples.get(4).content()).where()).isEqualTo("retort.raw.framings-0@4");
        assertThat(((Sample.Unreadable) samples.get(5).content()).reason()).isEqualTo("the record holds no bytes");
        assertThat(((Sample.Unreadable) samples.get(7).content()).reason()).contains("label = 'cat'");
        assertThat(Seen.of(samples.get(8))).isEqualTo(Seen.encoded(8, "retort.raw.framings-0@8", -1, png));
    }

    @Test
    void goesOnAfterTheRecordThatAPositionWasGivenWith() throws Exception {
        createTopic("resumed", 3);
        for (int i = 0; i < 30; i++)
            publish(record("resumed", i % 3, "image-" + i, TinyImages.png(i), String.valueOf(i)));
        final List<Arrived> whole = take(open("raw.resumed"), Optional.empty(), 30);
        assertThat(whole).extracting(arrived -> arrived.sample().name()).doesNotHaveDuplicates().hasSize(30);
        assertThat(whole).allSatisfy(arrived -> {
            final int number = arrived.sample().label();
            assertThat(arrived.sample().id()).isEqualTo((long) (number % 3) << 48 | number / 3);
        });
        for (final int taken : new int[]{1, 7, 29}) {
            final List<Arrived> rest = take(open("raw.resumed"), Optional.of(whole.get(taken - 1).position()), 30 - taken);
            assertThat(rest).extracting(arrived -> arrived.sample().name()).containsExactlyInAnyOrderElementsOf(
                    whole.subList(taken, 30).stream().map(arrived -> arrived.sample().name()).toList());
            assertThat(rest.getLast().position()).isEqualTo("{\"topic\":\"" + id("resumed") + "\",\"0\":10,\"1\":10,\"2\":10}");
        }
    }

    @Test
    void waitsForATopicAndForWhatArrivesLater() throws Exception {
        final Flux<Arrived> read = open("raw.later").read(Optional.empty());
        StepVerifier.create(read.map(arrived -> arrived.sample().name()))
                .then(() -> {
                    createTopic("later", 1);
                    publish(record("later", 0, "first", TinyImages.png(1), null));
                })
                .expectNext("first")
                .then(() -> publish(record("later", 0, "second", TinyImages.png(2), null)))
                .expectNext("second")
                .thenCancel().verify(PATIENCE);
    }

    @Test
    void commitsWhatWasConsumedInTheTransactionOrNotAtAll() throws Exception {
        createTopic("committed", 2);
        for (int i = 0; i < 4; i++)
            publish(record("committed", i % 2, "image-" + i, TinyImages.png(i), null));
        final UnboundedSource source = open("raw.committed");
        final String position = take(source, Optional.empty(), 4).getLast().position();
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "raw-committed"));
                Admin admin = Admin.create(context.broker().kafka().with(Map.of()))) {
            producer.initTransactions();
            producer.beginTransaction();
            source.commit(producer, "{\"0\":1}");
            producer.abortTransaction();
            producer.beginTransaction();
            source.commit(producer, position);
            producer.commitTransaction();
            assertThat(admin.listConsumerGroupOffsets("retort.raw.committed.ingest").partitionsToOffsetAndMetadata().get())
                    .isEqualTo(Map.of(new TopicPartition("retort.raw.committed", 0), new OffsetAndMetadata(2),
                            new TopicPartition("retort.raw.committed", 1), new OffsetAndMetadata(2)));
        }
    }

    @Test
    void refusesAPositionThatIsNone() throws Exception {
        for (final String position : List.of("", "17", "null", "{\"0\":-1}", "{\"a\":1}", "[1]", "{\"0\":null}"))
            StepVerifier.create(open("raw.framings").read(Optional.of(position)))
                    .verifyErrorSatisfies(error -> assertThat(error).hasMessageContaining("is no position in a raw topic"));
    }

    @Test
    void namesATopicThatCannotBe() {
        for (final String location : List.of("images.train", "raw.", "raw.a/b", "raw.a b"))
            assertThatThrownBy(() -> open(location)).isInstanceOf(SourceException.class)
                    .hasMessageContaining("kafka:" + location + ": give raw.NAME");
    }

    private static String id(String source) {
        return context.broker().find(Topics.DEFAULT.raw(source)).flatMap(LiveTopic::id).orElseThrow();
    }

    private static UnboundedSource open(String location) throws SourceException {
        return (UnboundedSource) new RawTopicFactory().open(location, context);
    }

    private static List<Arrived> take(UnboundedSource source, Optional<String> position, int count) {
        return new ArrayList<>(source.read(position).take(count).collectList().block(PATIENCE));
    }

    private static RawImage image(String id, int label, byte[] data) {
        return RawImage.newBuilder().setId(id).setLabel(label).setData(ByteBuffer.wrap(data)).build();
    }

    private static ProducerRecord<byte[], byte[]> record(String source, int partition, String key, byte[] value, String label) {
        return new ProducerRecord<>(Topics.DEFAULT.raw(source), partition,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value, label == null ? List.of() : List.of(new RecordHeader("label", label.getBytes(StandardCharsets.UTF_8))));
    }

    private static void createTopic(String source, int partitions) {
        try (Admin admin = Admin.create(context.broker().kafka().with(Map.of()))) {
            admin.createTopics(List.of(new NewTopic(Topics.DEFAULT.raw(source), partitions, (short) 1))).all().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @SafeVarargs
    private static void publish(ProducerRecord<byte[], byte[]>... records) {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            for (final ProducerRecord<byte[], byte[]> record : records)
                producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, ?> properties) {
        return new KafkaProducer<>(context.broker().kafka().with(properties), new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
