package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retort.ingest.source.TinyImages;
import retort.kafka.Event;
import retort.kafka.From;
import retort.record.Rejected;

/** A topic of images that others publish, from the record to the batch, through ingest as a process. */
class RawStreamTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int KILLS = Integer.getInteger("kills", 3);
    private static final int PARTITIONS = 2;

    private final Streams streams = Streams.fresh();
    private final String topic = streams.topics().raw("camera");

    @BeforeEach
    void createTopic() throws Exception {
        try (Admin admin = Admin.create(streams.kafka().with(Map.of()))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
        }
    }

    @Test
    void oneImageAloneIsInACommittedBatchSoon() throws Exception {
        final Process ingest = start();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            send(producer, 0, TinyImages.png(0));
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> streams.latest("train") == 1);
            for (int i = 1; i < 6; i++) {
                final long start = System.nanoTime();
                send(producer, i, TinyImages.png(i));
                final int records = i + 1;
                await().pollInterval(Duration.ofMillis(20)).atMost(TIMEOUT).until(() -> streams.latest("train") == records);
                System.out.printf("raw image in a committed batch after %d ms%n", (System.nanoTime() - start) / 1_000_000);
            }
        } finally {
            ingest.destroyForcibly().waitFor();
        }
        assertThat(Streams.counts(streams.read("train", 5))).containsExactly(1, 1, 1, 1, 1, 1);
    }

    @Test
    void everyRawRecordBecomesOneImageOrOneRejectionHoweverOftenIngestIsKilled() throws Exception {
        final long seed = Long.getLong("kill.seed", System.nanoTime());
        final Random random = new Random(seed);
        int sent = 0;
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int i = 0; i < KILLS; i++) {
                for (final int end = sent + 200; sent < end; sent++)
                    send(producer, sent, content(sent));
                final Process process = start();
                if (IngestProcess.publishes(process))
                    process.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS);
                process.destroyForcibly().waitFor();
            }
            for (final int end = sent + 200; sent < end; sent++)
                send(producer, sent, content(sent));
        }
        final int all = sent;
        final long bad = LongStream.range(0, all).filter(RawStreamTest::isBad).count();
        final Process last = start();
        try {
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> consumed() == all);
        } finally {
            last.destroyForcibly().waitFor();
        }
        final long latest = streams.latest("train");
        streams.committed("train", latest - 1); // every sequence once, in order
        assertThat(streams.ids("train", latest - 1)).as("seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, all).filter(i -> !isBad(i)).mapToObj(RawStreamTest::id)
                        .toList());
        assertThat(rejected((int) bad)).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(
                LongStream.range(0, all).filter(RawStreamTest::isBad).mapToObj(RawStreamTest::id).toList());
    }

    @Test
    void imagesThatArriveOneByOneFillTheLimitByTheirNumberAlsoAfterARestart() throws Exception {
        final AtomicReference<String> line = new AtomicReference<>("");
        int sent = 0;
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (final int end : new int[]{10, 20}) // 8 images a record, 20 images ahead: two full records, or twenty short ones
                try (IngestService _ = IngestService.start(limited(), line::set)) {
                    for (; sent < end; sent++) {
                        send(producer, sent, TinyImages.png(sent));
                        final int records = sent + 1;
                        await().atMost(TIMEOUT).ignoreExceptions().until(() -> streams.latest("train") == records);
                    }
                }
            try (IngestService _ = IngestService.start(limited(), line::set)) {
                send(producer, sent, TinyImages.png(sent));
                await().atMost(TIMEOUT).untilAsserted(
                        () -> assertThat(line.get()).contains("waiting, 20 images ahead of the stream's start, for "));
            }
        }
        assertThat(streams.latest("train")).isEqualTo(20);
    }

    @Test
    void noKeyHeaderOrNameFromOutsideStopsTheStream() throws Exception {
        final byte[] hugeKey = "k".repeat(600_000).getBytes(StandardCharsets.UTF_8);
        final byte[] text = "no image".getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(new ProducerRecord<>(topic, 0, (byte[]) null, TinyImages.png(0),
                    List.of(new RecordHeader("label", null)))).get();
            producer.send(new ProducerRecord<>(topic, 0, hugeKey, text)).get();
            producer.send(new ProducerRecord<>(topic, 0, new byte[]{(byte) 0xFF, 0, (byte) 0xC0}, text,
                    List.of(new RecordHeader("label", "9".repeat(100_000).getBytes(StandardCharsets.UTF_8))))).get();
            producer.send(new ProducerRecord<>(topic, 0, (byte[]) null, TinyImages.png(3))).get();
            producer.send(new ProducerRecord<>(topic, 0, (byte[]) null, (byte[]) null)).get(); // a tombstone of nothing
            producer.send(new ProducerRecord<>(topic, 0, new byte[0], TinyImages.png(5), List.of(
                    new RecordHeader("x", new byte[500_000]), new RecordHeader("", null)))).get();
            producer.send(new ProducerRecord<>(topic, 0, (byte[]) null, TinyImages.png(6),
                    List.of(new RecordHeader("label", new byte[]{(byte) 0xFF, (byte) 0xFE})))).get();
        }
        try (IngestService _ = IngestService.start(limited(), line -> {
        })) {
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> consumed() == 7);
        }
        final List<Rejected> rejected = streams.broker().follow(streams.topics().rejected(), From.EARLIEST, "rejected")
                .mapNotNull(Event::value).take(4).collectList().block(TIMEOUT);
        assertThat(rejected).extracting(Rejected::getWhere).containsExactly(topic + "-0@1", topic + "-0@2", topic + "-0@4",
                topic + "-0@6");
        assertThat(rejected.get(2).getReason()).contains("no bytes");
        assertThat(rejected.getFirst().getWhat()).startsWith("kkk").endsWith("... (600000 characters)")
                .hasSizeLessThan(1100);
        assertThat(rejected.get(1).getReason()).contains("header label").hasSizeLessThan(1100);
        assertThat(rejected.getLast().getReason()).contains("header label");
    }

    private Config limited() {
        return Streams.settings(List.of("ingest.streams=[train]", "ingest.source=kafka:raw.camera", "ingest.image=4",
                "ingest.images-per-record=8", "ingest.max-ahead=20", "topics.prefix=" + streams.topics().prefix()));
    }

    /** Records of the raw topic that are behind the committed offsets. */
    private long consumed() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(streams.kafka().with(Map.of()))) {
            final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(
                    admin.listConsumerGroupOffsets(topic + ".ingest").partitionsToOffsetAndMetadata().get());
            return offsets.values().stream().mapToLong(OffsetAndMetadata::offset).sum();
        }
    }

    private List<Long> rejected(int count) {
        final List<Rejected> all = streams.broker().follow(streams.topics().rejected(), From.EARLIEST, "rejected")
                .mapNotNull(Event::value).take(count).collectList().block(TIMEOUT);
        return new ArrayList<>(all == null ? List.<Rejected>of() : all).stream().map(Rejected::getSampleId).toList();
    }

    private Process start() throws IOException {
        return IngestProcess.start(streams, "128m", List.of("ingest.streams=[train]", "ingest.source=\"kafka:raw.camera\"",
                "ingest.image=4", "ingest.images-per-record=8", "ingest.partitions=2", "ingest.max-ahead=100000",
                "ingest.transaction.records=3"));
    }

    private static boolean isBad(long number) {
        return number % 10 == 7;
    }

    private static long id(long number) {
        return number % PARTITIONS << 48 | number / PARTITIONS;
    }

    private static byte[] content(int number) throws IOException {
        return isBad(number) ? "no image".getBytes(StandardCharsets.UTF_8) : TinyImages.png(number);
    }

    private void send(KafkaProducer<byte[], byte[]> producer, int number, byte[] image)
            throws ExecutionException, InterruptedException {
        producer.send(
                new ProducerRecord<>(topic, number % PARTITIONS, ("image-" + number).getBytes(StandardCharsets.UTF_8), image,
                        List.of(new RecordHeader("label", "3".getBytes(StandardCharsets.UTF_8)))))
                .get();
    }

    private KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(streams.kafka().with(Map.of()), new ByteArraySerializer(), new ByteArraySerializer());
    }
}
