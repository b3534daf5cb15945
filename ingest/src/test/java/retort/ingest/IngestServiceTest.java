package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.console.StatusLine;
import retort.kafka.BatchRecord;
import retort.kafka.KafkaSettings;
import retort.kafka.StreamReader;
import retort.kafka.Topics;
import retort.record.Stream;

class IngestServiceTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int SIDE = 4;

    private final KafkaSettings kafka = TestBroker.kafka();
    private final Topics topics = TestBroker.topics();

    @TempDir
    Path folder;

    @Test
    void publishesTrainValAndProbeAndCompletesThem() throws Exception {
        IdxFixture.write(folder, "train", 103, SIDE, true);
        IdxFixture.write(folder, "t10k", 21, SIDE, true);
        run("ingest.epochs=2", "ingest.val.source=idx:" + folder + "/t10k", "ingest.probe.samples=50");

        final Stream train = Streams.description(kafka, topics, "train");
        assertThat(train.getLastSequence()).isEqualTo(2 * 11 - 1);
        assertThat(train.getSamplesPerEpoch()).isEqualTo(103);
        assertThat(train.getClassNames()).hasSize(10);
        final List<BatchRecord> records = Streams.read(kafka, topics, "train", 21);
        assertThat(records).extracting(record -> record.batch().count())
                .containsExactly(10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 3, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 3);
        for (final BatchRecord record : records)
            for (int i = 0; i < record.batch().count(); i++) {
                final byte[] pixels = new byte[SIDE * SIDE];
                record.batch().pixels().duplicate().position(i * pixels.length).get(pixels);
                assertThat(pixels).isEqualTo(IdxFixture.pixels(record.batch().sampleIds()[i], SIDE));
                assertThat(record.batch().labels()[i]).isEqualTo((int) (record.batch().sampleIds()[i] % 10));
            }
        assertThat(ids(Streams.read(kafka, topics, "val", 2)))
                .isEqualTo(java.util.stream.LongStream.range(0, 21).boxed().toList());
        assertThat(Streams.description(kafka, topics, "val").getLastSequence()).isEqualTo(2);
        assertThat(ids(Streams.read(kafka, topics, "probe", 4)))
                .isEqualTo(java.util.stream.LongStream.range(0, 50).boxed().toList());
        assertThat(Streams.description(kafka, topics, "probe").getLastSequence()).isEqualTo(4);
    }

    @Test
    void staysMaxAheadFromTheStartWithoutARunAndSaysThatItWaits() throws Exception {
        IdxFixture.write(folder, 103, SIDE);
        final AtomicReference<String> line = new AtomicReference<>("");
        try (IngestService _ = IngestService.start(config("ingest.streams=[train]", "ingest.max-ahead=55"), line::set)) {
            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThat(line.get()).contains("waiting, 50 images ahead of the stream's start"));
            assertThat(latest()).isEqualTo(5);
        }
        assertThat(latest()).isEqualTo(5);
    }

    private void run(String... overrides) {
        try (IngestService service = IngestService.start(config(overrides), StatusLine.SILENT)) {
            service.done().block(TIMEOUT);
        }
    }

    private long latest() {
        return StreamReader.latestSequence(kafka, topics, Streams.description(kafka, topics, "train"), TIMEOUT);
    }

    private Config config(String... overrides) {
        final List<String> all = new ArrayList<>(
                List.of("ingest.source=idx:" + folder, "ingest.image=" + SIDE, "ingest.channels=1",
                        "ingest.recipe.name=none", "ingest.images-per-record=10", "ingest.partitions=2", "ingest.max-ahead=1000",
                        "topics.prefix=" + topics.prefix()));
        all.addAll(List.of(overrides));
        return TestBroker.settings(all);
    }

    private static List<Long> ids(List<BatchRecord> records) {
        return records.stream().flatMapToLong(record -> java.util.Arrays.stream(record.batch().sampleIds())).boxed().toList();
    }
}
