package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import retort.console.StatusLine;
import retort.ingest.source.TinyImages;
import retort.kafka.Broker;
import retort.kafka.LiveTopic;
import retort.kafka.RecordSink;
import retort.kafka.StreamConflictException;
import retort.kafka.TopicChangedException;

/** Somebody deletes the topics of an ingest, makes them again, or gives them more partitions, while it runs or between two runs. */
class ChangedTopicTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Streams streams = Streams.fresh();
    private final Broker broker = streams.broker();
    private final String raw = streams.topics().raw("camera");
    private final String images = streams.topics().images("train");

    @TempDir
    Path folder;

    @Test
    void aRawTopicThatIsMadeAgainIsRefusedAndAStreamOfAnotherNameReadsAllOfIt() throws Exception {
        make(raw, 1);
        send(0, 0, 5);
        try (IngestService service = start(camera())) {
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> published("train").size() == 5);
            final String before = id(raw);
            delete(raw);
            assertThatThrownBy(() -> service.done().block(TIMEOUT)).isInstanceOf(TopicChangedException.class)
                    .hasMessageContaining("topic " + raw + " at ").hasMessageContaining("was deleted while this process used it")
                    .hasMessageContaining("(its id was " + before + ")").hasMessageContaining("ingest.stream");
        }
        assertThatThrownBy(() -> run(camera())).isInstanceOf(TopicChangedException.class)
                .hasMessageContaining("topic " + raw + " does not exist at ").hasMessageContaining("it was deleted since");
        make(raw, 1);
        send(0, 0, 7);

        assertThatThrownBy(() -> run(camera())).isInstanceOf(TopicChangedException.class)
                .hasMessageContaining("topic " + raw + " at ").hasMessageContaining(" then, " + id(raw) + " now)")
                .hasMessageContaining("another name (ingest.stream)").hasMessageNotContaining("run");
        assertThat(published("train")).as("no image of the new topic was passed over or got an id again").hasSize(5);
        try (IngestService _ = start(camera("ingest.stream=second"))) {
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> published("second").size() == 7);
        }
    }

    @Test
    void aRawTopicThatGrowsIsReadToItsLastImageHoweverOftenIngestIsKilled() throws Exception {
        final long seed = Long.getLong("kill.seed", System.nanoTime());
        final Random random = new Random(seed);
        make(raw, 1);
        final int[] sent = new int[5];
        for (final int partitions : new int[]{1, 3}) {
            if (partitions > 1)
                grow(raw, partitions);
            for (int partition = 0; partition < partitions; partition++)
                sent[partition] = send(partition, sent[partition], sent[partition] + 20);
            final Process process = camera(streams);
            if (IngestProcess.publishes(process))
                process.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
        }
        final Process last = camera(streams);
        try {
            assertThat(IngestProcess.publishes(last)).isTrue();
            grow(raw, sent.length); // while it is read
            for (int partition = 0; partition < sent.length; partition++)
                sent[partition] = send(partition, sent[partition], sent[partition] + 5);
            final List<Long> all = IntStream.range(0, sent.length).boxed().flatMap(
                    partition -> LongStream.range(0, sent[partition]).mapToObj(offset -> (long) partition << 48 | offset))
                    .toList();
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> published("train").size() >= all.size());
            assertThat(published("train")).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(all);
            for (int partition = 0; partition < sent.length; partition++) {
                final int p = partition;
                assertThat(published("train").stream().filter(id -> id >> 48 == p).toList()).isSorted();
            }
        } finally {
            last.destroyForcibly().waitFor();
        }
    }

    @Test
    void aMisspeltRawTopicIsWhatIngestSaysThatItWaitsFor() {
        final ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        final Logger logger = (Logger) LoggerFactory.getLogger(IngestProgress.class);
        logger.addAppender(log);
        final List<String> lines = new java.util.concurrent.CopyOnWriteArrayList<>();
        final String wrong = streams.topics().raw("camra");
        try (IngestService _ = IngestService.start(config("ingest.source=kafka:raw.camra", "ingest.image=4",
                "ingest.waiting-told-after=2s"), lines::add)) {
            await().atMost(TIMEOUT).untilAsserted(() -> {
                assertThat(lines).anySatisfy(line -> assertThat(line)
                        .contains("waiting for topic " + wrong + ", which does not exist at "));
                assertThat(List.copyOf(log.list)).anySatisfy(event -> {
                    assertThat(event.getLevel()).isEqualTo(ch.qos.logback.classic.Level.WARN);
                    assertThat(event.getFormattedMessage()).contains("stream train has waited for ",
                            "for topic " + wrong + ", which does not exist at ", "check its name in ingest.source");
                });
            });
            assertThat(broker.find(wrong)).isEmpty();
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void aStreamWhoseTopicIsDeletedIsRefusedAndPublishedAgainBitForBitWhenTheUserSaysSo() throws Exception {
        IdxFixture.write(folder, 103, 4);
        final String before;
        try (IngestService service = start(images("ingest.max-ahead=20"))) {
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> streams.latest("train") == 2);
            before = id(images);
            delete(images); // while ingest waits for a run
            assertThatThrownBy(() -> service.done().block(TIMEOUT)).isInstanceOf(TopicChangedException.class)
                    .hasMessageContaining("topic " + images + " ").hasMessageContaining("deleted");
        }
        assertThat(broker.find(images)).as("not made again").isEmpty();
        for (int i = 0; i < 2; i++) { // first without the topic, then with another one of its name
            assertThatThrownBy(() -> run(images())).isInstanceOf(TopicChangedException.class)
                    .hasMessageContaining("topic " + images).hasMessageContaining(before)
                    .hasMessageContaining("set topics.forgotten = [" + before + "] for ingest")
                    .hasMessageContaining("the batches will be the same ones");
            if (i == 0)
                make(images, 4);
        }
        run(images("topics.forgotten=[" + before + "]"));
        run(images("topics.forgotten=[" + before + "]"));
        run(images("topics.prefix=" + streams.topics().prefix() + "whole."));
        final Streams whole = new Streams(Broker.at(streams.kafka().bootstrapServers(), streams.topics().prefix() + "whole."));
        assertThat(streams.committed("train", 10)).usingElementComparator(Arrays::compare)
                .isEqualTo(whole.committed("train", 10));
        assertThat(broker.table(streams.topics().positions()).values())
                .allSatisfy(at -> assertThat(at.getTopicId()).isEqualTo(id(images)));
    }

    @Test
    void aCompleteStreamWhoseTopicIsGoneIsNoCompleteStream() throws Exception {
        IdxFixture.write(folder, 25, 4);
        final String[] probe = {"ingest.streams=[probe]"};
        run(images(probe));
        final String topic = streams.topics().images("probe");
        final String before = id(topic);
        delete(topic);
        assertThatThrownBy(() -> run(images(probe))).isInstanceOf(TopicChangedException.class)
                .hasMessageContaining("topic " + topic + " does not exist").hasMessageContaining("topics.forgotten = [" + before);
        run(images("ingest.streams=[probe]", "topics.forgotten=[" + before + "]"));
        assertThat(streams.ids("probe", 2)).isEqualTo(LongStream.range(0, 25).boxed().toList());
    }

    @Test
    void lostPositionsAreNamedWhileIngestRunsAndItsTopicIsNotPublishedTwice() throws Exception {
        IdxFixture.write(folder, 103, 4);
        final String positions = streams.topics().positions().name();
        try (IngestService service = start(images("ingest.max-ahead=20"))) {
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> streams.latest("train") == 2);
            delete(positions);
            assertThatThrownBy(() -> service.done().block(TIMEOUT)).isInstanceOf(TopicChangedException.class)
                    .hasMessageContaining("topic " + positions + " ").hasMessageContaining("deleted");
        }
        assertThatThrownBy(() -> run(images())).isInstanceOf(TopicChangedException.class)
                .hasMessageContaining("topics " + images + " and " + positions + " at ")
                .hasMessageContaining("do not belong together")
                .hasMessageContaining("give the stream another name");
        assertThat(streams.latest("train")).isEqualTo(2);
    }

    @Test
    void theTopicThatTellsOfRunsIsNamedWhenItGoesAndComesBack() throws Exception {
        IdxFixture.write(folder, 103, 4);
        final String progress = streams.topics().progress().name();
        try (IngestService service = start(images("ingest.max-ahead=20"))) {
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> streams.latest("train") == 2);
            delete(progress);
            make(progress, 1);
            assertThatThrownBy(() -> service.done().block(TIMEOUT)).isInstanceOf(TopicChangedException.class)
                    .hasMessageContaining("topic " + progress + " at ").hasMessageContaining("deleted and made again");
        }
    }

    @Test
    void aStreamGoesOnInATopicThatHasGrownAndNothingAsksForAnotherNumber() throws Exception {
        IdxFixture.write(folder, 103, 4);
        try (IngestService _ = start(images("ingest.max-ahead=20"))) {
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> streams.latest("train") == 2);
            grow(images, 7);
        }
        assertThatThrownBy(() -> run(images("ingest.partitions=7"))).isInstanceOf(StreamConflictException.class)
                .hasMessageContaining("ingest.partitions was 4 and is 7");
        assertThatThrownBy(() -> run(images("ingest.partitions=9"))).isInstanceOf(StreamConflictException.class)
                .hasMessageContaining("ingest.partitions was 4 and is 9");
        run(images());
        assertThat(streams.ids("train", 10)).containsExactlyInAnyOrderElementsOf(LongStream.range(0, 103).boxed().toList());
        assertThat(streams.committed("train", 10)).hasSize(11);
    }

    private IngestService start(Config config) {
        return IngestService.start(config, StatusLine.SILENT);
    }

    private void run(Config config) {
        try (IngestService service = start(config)) {
            service.done().block(TIMEOUT);
        }
    }

    private Config camera(String... more) {
        return config(with(List.of("ingest.source=kafka:raw.camera", "ingest.image=4", "ingest.images-per-record=8"), more));
    }

    private static Process camera(Streams streams) throws java.io.IOException {
        return IngestProcess.start(streams, "128m", List.of("ingest.streams=[train]", "ingest.source=\"kafka:raw.camera\"",
                "ingest.image=4", "ingest.images-per-record=8", "ingest.partitions=2", "ingest.max-ahead=100000",
                "ingest.transaction.records=3"));
    }

    private Config images(String... more) {
        return config(
                with(List.of("ingest.source=idx:" + folder, "ingest.image=4", "ingest.channels=1", "ingest.images-per-record=10",
                        "ingest.partitions=4", "ingest.recipe.name=none", "ingest.epochs=1"), more));
    }

    private static String[] with(List<String> settings, String... more) {
        final List<String> all = new ArrayList<>(settings);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private Config config(String... settings) {
        return Streams.settings(
                List.of(with(List.of("topics.prefix=" + streams.topics().prefix(), "ingest.streams=[train]"), settings)));
    }

    private List<Long> published(String stream) {
        return streams.ids(stream, streams.latest(stream) - 1);
    }

    private int send(int partition, int from, int to) throws java.io.IOException {
        try (RecordSink sink = broker.sink("camera", 1 << 20)) {
            for (int i = from; i < to; i++)
                sink.sendAll(List.of(new ProducerRecord<>(raw, partition, null, TinyImages.png(i)))).block(TIMEOUT);
        }
        return to;
    }

    private String id(String topic) {
        return broker.find(topic).flatMap(LiveTopic::id).orElseThrow();
    }

    private void make(String topic, int partitions) {
        broker.ask(admin -> Broker.await(
                admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty()))).all()));
    }

    private void grow(String topic, int partitions) {
        broker.ask(admin -> Broker.await(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions))).all()));
    }

    private void delete(String topic) {
        broker.ask(admin -> Broker.await(admin.deleteTopics(List.of(topic)).all()));
    }
}
