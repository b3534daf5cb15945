package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.kafka.FencedException;
import retort.record.RunState;

class DemandAcrossBrokerTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofMinutes(5);

    private final Streams streams = Streams.fresh();
    private final AtomicReference<String> line = new AtomicReference<>("");

    @TempDir
    Path folder;

    @BeforeEach
    void images() throws Exception {
        IdxFixture.write(folder, 100, 4);
    }

    @Test
    void ingestFollowsTheSlowestLiveRunAndSaysWhomItWaitsFor() {
        try (IngestService _ = IngestService.start(config(), line::set)) {
            waitsFor("waiting, 50 images ahead of the stream's start", 5);
            streams.progress("fast", RunState.TRAINING, 40, 30, LEASE);
            waitsFor("waiting, 50 images ahead of run fast", 45);
            streams.progress("slow", RunState.TRAINING, 42, 2, LEASE);
            streams.progress("fast", RunState.TRAINING, 60, 30, LEASE);
            waitsFor("waiting, 50 images ahead of run slow", 47);
        }
        assertThat(streams.latest("train")).isEqualTo(47);
    }

    @Test
    void aRunSilentPastItsLeaseHoldsNobodyUpAndItsSavedPositionIsKept() {
        streams.progress("live", RunState.TRAINING, 20, 20, LEASE);
        streams.progress("killed", RunState.TRAINING, 10, 7, Duration.ofSeconds(2));
        try (IngestService _ = IngestService.start(config(), line::set)) {
            waitsFor("waiting, 50 images ahead of run live", 25);
            streams.progress("live", RunState.FINISHED, 30, 30, LEASE);
            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThat(line.get()).contains("ahead of the saved position of run killed"));
        }
        assertThat(streams.latest("train")).isEqualTo(25);
    }

    /** Kafka 4 takes records that are up to an hour ahead of the broker's clock. */
    @Test
    void runsOnHostsWhoseClocksAreHoursApartLiveAndDieByTheirLeaseAlone() {
        streams.progress("behind", RunState.TRAINING, 20, 20, LEASE, Duration.ofHours(-5));
        streams.progress("ahead", RunState.TRAINING, 10, 7, Duration.ofSeconds(2), Duration.ofMinutes(50));
        try (IngestService _ = IngestService.start(config(), line::set)) {
            await().atMost(TIMEOUT).untilAsserted(() -> assertThat(line.get()).contains("50 images ahead of run behind"));
            streams.progress("behind", RunState.FINISHED, 30, 30, LEASE, Duration.ofHours(-5));
            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThat(line.get()).contains("ahead of the saved position of run ahead"));
            streams.progress("behind", RunState.TRAINING, 24, 24, LEASE, Duration.ofHours(-9));
            waitsFor("waiting, 50 images ahead of run behind", 29);
        }
    }

    @Test
    void aNewerOwnerOfTheSamePartitionsEndsTheOlder() {
        try (IngestService older = IngestService.start(config(), line::set)) {
            waitsFor("waiting, 50 images", 5);
            final AtomicReference<String> newer = new AtomicReference<>("");
            try (IngestService _ = IngestService.start(config(), newer::set)) {
                await().atMost(TIMEOUT).until(() -> newer.get().contains("waiting"));
                streams.progress("run", RunState.TRAINING, 20, 20, LEASE);
                await().atMost(TIMEOUT).until(() -> streams.latest("train") == 25);
                await().atMost(TIMEOUT).untilAsserted(() -> assertThat(older.done().materialize().block(TIMEOUT).getThrowable())
                        .isInstanceOf(FencedException.class));
            }
        }
        assertThat(streams.committed("train", 24)).hasSize(25);
    }

    private void waitsFor(String text, long latest) {
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(line.get()).contains(text));
        assertThat(streams.latest("train")).isEqualTo(latest);
    }

    private Config config() {
        return Streams.settings(List.of("ingest.source=idx:" + folder, "ingest.image=4", "ingest.channels=1",
                "ingest.recipe.name=none", "ingest.images-per-record=10", "ingest.partitions=2", "ingest.max-ahead=55",
                "ingest.streams=[train]", "topics.prefix=" + streams.topics().prefix()));
    }
}
