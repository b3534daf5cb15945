package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.console.StatusLine;
import retort.ingest.source.TinyImages;
import retort.kafka.BatchRecord;
import retort.kafka.Broker;
import retort.record.RunState;

/** Several ingest processes share the partitions of a stream by themselves. */
class GroupTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int IMAGES = 6_000;
    private static final int PER_RECORD = 4;
    private static final long LAST = IMAGES / PER_RECORD - 1;

    private final Streams streams = Streams.fresh();

    @TempDir
    Path folder;

    @Test
    void theOthersTakeOverWhatAKilledProcessLeavesAndEveryBatchIsPublishedOnce() throws Exception {
        final long seed = Long.getLong("kill.seed", System.nanoTime());
        IdxFixture.write(folder, IMAGES, 4);
        final Process one = process("one");
        assertThat(IngestProcess.publishes(one)).isTrue();
        final CompletableFuture<Integer> other = CompletableFuture.supplyAsync(() -> exit(one));
        final Process two = process("two");
        assertThat(IngestProcess.publishes(two)).isTrue();
        await().atMost(TIMEOUT).ignoreExceptions().until(() -> streams.latest("train") > LAST / 3);

        // Both wait for a run, which now goes on.
        streams.progress("run", RunState.TRAINING, LAST, 0, Duration.ofMinutes(5));
        two.waitFor(new Random(seed).nextInt(150), TimeUnit.MILLISECONDS);
        assertThat(two.isAlive()).as("killed in the middle, seed %d", seed).isTrue();
        two.destroyForcibly().waitFor();

        assertThat(other.get(2, TimeUnit.MINUTES)).as("exit code of the other, seed %d", seed).isZero();
        complete();
    }

    @Test
    void whoeverComesOrLeavesOnRequestTakesAndGivesPartitions() throws Exception {
        IdxFixture.write(folder, IMAGES, 4);
        final IngestService one = IngestService.start(config("one"), StatusLine.SILENT);
        try (IngestService two = joined(one)) {
            streams.progress("run", RunState.TRAINING, LAST / 2, 0, Duration.ofMinutes(5));
            await().atMost(TIMEOUT).until(() -> streams.latest("train") > LAST * 3 / 4);
            one.close();
            assertThat(one.done().toFuture()).isCompleted();
            streams.progress("run", RunState.TRAINING, LAST, 0, Duration.ofMinutes(5));
            two.done().block(TIMEOUT);
        } finally {
            one.close();
        }
        complete();
    }

    @Test
    void aSourceWithoutAnEndBelongsToOneMember() throws Exception {
        final String[] raw = {"ingest.source=kafka:raw.camera", "topics.prefix=" + streams.topics().prefix(), "ingest.image=4",
                "ingest.channels=3", "ingest.recipe.name=none", "ingest.streams=[train]", "ingest.partitions=3",
                "ingest.images-per-record=1", "ingest.group=shared"};
        try (Admin admin = Admin.create(streams.kafka().with(Map.of()))) {
            admin.createTopics(List.of(new NewTopic(streams.topics().raw("camera"), 1, (short) 1))).all().get();
        }
        try (IngestService _ = IngestService.start(Streams.settings(with(raw, "ingest.id=one")), StatusLine.SILENT);
                IngestService _ = IngestService.start(Streams.settings(with(raw, "ingest.id=two")), StatusLine.SILENT);
                KafkaProducer<byte[], byte[]> program = new KafkaProducer<>(streams.kafka().with(Map.of()),
                        new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 30; i++)
                program.send(new ProducerRecord<>(streams.topics().raw("camera"), new byte[]{(byte) i}, TinyImages.png(i))).get();
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> streams.latest("train") == 30);
        }
        assertThat(streams.committed("train", 29)).hasSize(30);
    }

    /** Starts a second service when the first has published what it may, and waits until the group has both. */
    private IngestService joined(IngestService one) {
        await().atMost(TIMEOUT).ignoreExceptions().until(() -> streams.latest("train") > LAST / 3);
        assertThat(one.done().toFuture()).isNotDone();
        final IngestService two = IngestService.start(config("two"), StatusLine.SILENT);
        await().atMost(TIMEOUT).until(() -> members() == 2);
        return two;
    }

    private static int exit(Process process) {
        try {
            IngestProcess.ending(process);
            return process.waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private int members() {
        return streams.broker().ask(admin -> Broker.await(admin.describeConsumerGroups(List.of(streams.topics().prefix()
                + "ingest.shared")).all()).values().iterator().next().members().size());
    }

    private void complete() {
        assertThat(streams.committed("train", LAST)).hasSize(IMAGES / PER_RECORD);
        assertThat(streams.read("train", LAST).stream().map(BatchRecord::batch)
                .flatMapToLong(batch -> LongStream.of(batch.sampleIds())).boxed().toList())
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, IMAGES).boxed().toList());
        assertThat(streams.description("train").getLastSequence()).isEqualTo(LAST);
    }

    private Process process(String id) throws IOException {
        return IngestProcess.start(streams, "128m", settings(id, "\""));
    }

    private Config config(String id) {
        return Streams.settings(settings(id, ""));
    }

    private List<String> settings(String id, String quote) {
        return List.of("ingest.streams=[train]", "ingest.epochs=1", "ingest.source=" + quote + "idx:" + folder + quote,
                "ingest.image=4", "ingest.channels=1", "ingest.recipe.name=none", "ingest.images-per-record=" + PER_RECORD,
                "ingest.partitions=3", "ingest.max-ahead=" + IMAGES / 2, "ingest.transaction.records=3", "ingest.group=shared",
                "ingest.id=" + id, "topics.prefix=" + quote + streams.topics().prefix() + quote);
    }

    private static List<String> with(String[] settings, String more) {
        final List<String> all = new ArrayList<>(List.of(settings));
        all.add(more);
        return all;
    }
}
