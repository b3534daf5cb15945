package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills the ingest process again and again. {@code -Dkills=50} gives the long form. */
class KillTest {
    private static final int KILLS = Integer.getInteger("kills", 4);
    private static final int IMAGES = 20_000;
    private static final int PER_RECORD = 4;
    private static final long LAST = IMAGES / PER_RECORD - 1;

    private final Streams streams = Streams.fresh();

    @TempDir
    Path folder;

    @Test
    void noBatchIsLostRepeatedOrReorderedHoweverOftenIngestIsKilled() throws Exception {
        IdxFixture.write(folder, IMAGES, 4);
        final long seed = Long.getLong("kill.seed", System.nanoTime());
        final Random random = new Random(seed);
        int killed = 0;
        for (int i = 0; i < KILLS; i++) {
            final Process process = start();
            if (i % 4 == 3) // kills some processes while they start
                process.waitFor(random.nextInt(2000), TimeUnit.MILLISECONDS);
            else if (IngestProcess.publishes(process))
                process.waitFor(random.nextInt(300), TimeUnit.MILLISECONDS);
            if (process.isAlive())
                killed++;
            process.destroyForcibly().waitFor();
        }
        final Process last = start();
        end(last);
        assertThat(last.waitFor()).as("exit code, seed %d", seed).isZero();

        assertThat(killed).as("killed while it was at work").isGreaterThanOrEqualTo(KILLS / 2);
        assertThat(streams.committed("train", LAST)).as("seed %d", seed).hasSize(IMAGES / PER_RECORD);
        assertThat(streams.ids("train", LAST)).as("seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, IMAGES).boxed().toList());
        assertThat(streams.description("train").getLastSequence()).isEqualTo(LAST);
    }

    @Test
    void aKilledProcessLeavesItsPartitionAloneUntilItComesBack() throws Exception {
        IdxFixture.write(folder, IMAGES, 4);
        final long seed = Long.getLong("kill.seed", System.nanoTime());
        final Random random = new Random(seed);
        final Process other = start("ingest.partitions-owned=[0]");
        final CompletableFuture<String> said = CompletableFuture.supplyAsync(() -> end(other));
        for (int i = 0; i < Math.max(1, KILLS / 4); i++) {
            final Process killed = start("ingest.partitions-owned=[1]");
            if (IngestProcess.publishes(killed))
                killed.waitFor(random.nextInt(100), TimeUnit.MILLISECONDS);
            killed.destroyForcibly().waitFor();
        }
        final Process last = start("ingest.partitions-owned=[1]");
        end(last);
        assertThat(last.waitFor()).as("exit code, seed %d", seed).isZero();
        assertThat(said.get(1, TimeUnit.MINUTES)).isNotNull();
        assertThat(other.waitFor()).as("exit code of the other, seed %d", seed).isZero();
        assertThat(streams.committed("train", LAST)).as("seed %d", seed).hasSize(IMAGES / PER_RECORD);
        assertThat(streams.description("train").getLastSequence()).isEqualTo(LAST);
    }

    private static String end(Process process) {
        try {
            return IngestProcess.ending(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process start(String... more) throws IOException {
        final List<String> settings = new ArrayList<>(List.of("ingest.streams=[train]", "ingest.epochs=1",
                "ingest.source=\"idx:" + folder + "\"", "ingest.image=4", "ingest.channels=1", "ingest.recipe.name=none",
                "ingest.images-per-record=" + PER_RECORD, "ingest.partitions=2", "ingest.max-ahead=" + IMAGES,
                "ingest.transaction.records=3"));
        settings.addAll(List.of(more));
        return IngestProcess.start(streams, "128m", settings);
    }
}
