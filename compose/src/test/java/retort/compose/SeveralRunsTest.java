package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import retort.broker.SharedBroker;
import retort.console.StatusLine;
import retort.ingest.IngestService;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.record.RunState;
import retort.record.TrainingProgress;
import retort.settings.Settings;
import retort.trainer.audit.Audit;
import retort.trainer.audit.AuditReport;
import retort.trainer.checkpoint.CheckpointStore;

/** Three runs train on one stream, each in a process of its own and at its own pace. One is stopped for a while, one is killed. */
final class SeveralRunsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int STEPS = 60;
    private static final int IMAGES_PER_RECORD = 10; // as many as a step takes
    private static final int MAX_AHEAD = 100;
    private static final String SMALL = "model { width = 16, depth = 3, heads = 2, patch = 7 }";
    private static final String LARGER = "model { width = 24, depth = 3, heads = 2, patch = 7 }";

    private final Broker broker = Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix());

    @TempDir
    private Path directory;

    @Test
    void ingestFollowsTheSlowestLiveOneAndEachTrainsOnEverySampleOnce() throws Exception {
        final Path file = Files.writeString(directory.resolve("runs.conf"), settings());
        final Config config = Settings.load(Optional.of(file), List.of());
        final AtomicLong used = new AtomicLong(); // what ingest knows, also from an event whose transaction the stop leaves open
        final Disposable following = broker
                .follow(broker.topics().progress(), From.EARLIEST, IsolationLevel.READ_UNCOMMITTED, "test-several")
                .mapNotNull(Event::value).filter(progress -> progress.getRun().equals("slow"))
                .subscribe(progress -> used.accumulateAndGet(progress.getNextSequence(), Math::max));
        try (IngestService _ = IngestService.start(config, StatusLine.SILENT);
                RetortProcess slow = train(file, "slow", "mask-ratio = 0.5, " + SMALL);
                RetortProcess fast = train(file, "fast", "mask-ratio = 0.75, " + SMALL)) {
            final RetortProcess killed = train(file, "killed", LARGER);
            await().atMost(PATIENCE).until(() -> step("slow") >= 5);
            signal(slow, "STOP"); // for much less than its lease

            await().atMost(PATIENCE).until(() -> state("fast") == RunState.WAITING && state("killed") == RunState.WAITING);
            final long published = broker.latestSequence(broker.streams().find("train").orElseThrow());
            assertThat(published).as("records").isLessThan(STEPS);
            await("no more than " + MAX_AHEAD + " images before the slow run").atMost(PATIENCE)
                    .until(() -> published <= used.get() + MAX_AHEAD / IMAGES_PER_RECORD + 1);
            following.dispose();
            killed.close();
            try (RetortProcess again = train(file, "killed", LARGER)) {
                signal(slow, "CONT");
                for (final RetortProcess each : List.of(slow, fast, again))
                    assertThat(each.await(PATIENCE)).as(each.out() + each.err()).isZero();
            }
        }
        for (final String run : List.of("slow", "fast", "killed")) {
            final AuditReport audit = new Audit(broker, new CheckpointStore(directory.resolve("checkpoints"))).of(run);
            assertThat(audit.findings()).as(run).isEmpty();
            assertThat(audit.compared()).as(run).isEqualTo(STEPS);
        }
    }

    private RetortProcess train(Path settings, String name, String more) throws IOException {
        return RetortProcess.start(directory, "train", "--config", settings.toString(), "--set",
                "trainer.runs=[{name = " + name + ", objective = pretrain, " + more + "}]");
    }

    private String settings() {
        return """
                kafka.bootstrap.servers = "%s"
                topics.prefix = "%s"
                ingest {
                  source = "idx:%s/fashion-mnist/train", streams = [train], samples = 150
                  image = 28, channels = 1, mean = [0.2863], std = [0.3540], recipe.name = none
                  images-per-record = %d, max-ahead = %d, retention = 1000
                }
                trainer {
                  device = cpu, threads = 1, lease = 2m, progress-every = 100ms, checkpoints = "%s", batch = %d, steps = %d
                  checkpoint-every = 7
                  decoder { width = 16, depth = 1, heads = 2 }
                }
                """.formatted(broker.kafka().bootstrapServers(), broker.topics().prefix(), System.getenv("RETORT_DATA"),
                IMAGES_PER_RECORD, MAX_AHEAD, directory.resolve("checkpoints"), IMAGES_PER_RECORD, STEPS);
    }

    private TrainingProgress progress(String run) {
        return broker.table(broker.topics().progress()).get(run);
    }

    private long step(String run) {
        final TrainingProgress progress = progress(run);
        return progress == null ? -1 : progress.getStep();
    }

    private RunState state(String run) {
        final TrainingProgress progress = progress(run);
        return progress == null ? RunState.STARTING : progress.getState();
    }

    private static void signal(RetortProcess process, String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor()).isZero();
    }
}
