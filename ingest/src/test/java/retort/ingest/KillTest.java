package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills ingest, as a process, again and again; {@code -Dkills=50} for the long form. */
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
            if (i % 4 == 3) // some while they start
                process.waitFor(random.nextInt(2000), TimeUnit.MILLISECONDS);
            else if (publishes(process))
                process.waitFor(random.nextInt(300), TimeUnit.MILLISECONDS);
            if (process.isAlive())
                killed++;
            process.destroyForcibly().waitFor();
        }
        final Process last = start();
        last.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        assertThat(last.waitFor()).as("exit code, seed %d", seed).isZero();

        assertThat(killed).as("killed while it was at work").isGreaterThanOrEqualTo(KILLS / 2);
        assertThat(streams.committed("train", LAST)).as("seed %d", seed).hasSize(IMAGES / PER_RECORD);
        assertThat(streams.ids("train", LAST)).as("seed %d", seed)
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, IMAGES).boxed().toList());
        assertThat(streams.description("train").getLastSequence()).isEqualTo(LAST);
    }

    /** Waits for the process to say that it has begun; false when it ends before. */
    private static boolean publishes(Process process) throws IOException {
        final BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        for (String line = said.readLine(); line != null; line = said.readLine())
            if (line.contains("status train"))
                return true;
        return false;
    }

    private Process start() throws IOException {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                IngestProcess.class.getName()));
        command.addAll(List.of("kafka.bootstrap.servers=\"" + streams.kafka().bootstrapServers() + "\"",
                "topics.prefix=\"" + streams.topics().prefix() + "\"", "ingest.streams=[train]", "ingest.epochs=1",
                "ingest.source=\"idx:" + folder + "\"", "ingest.image=4", "ingest.channels=1", "ingest.recipe.name=none",
                "ingest.images-per-record=" + PER_RECORD, "ingest.partitions=2", "ingest.max-ahead=" + IMAGES,
                "ingest.transaction.records=3"));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
