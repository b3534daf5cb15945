package retort.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another JVM saves without a pause. The test kills it (SIGKILL) at random moments, again and again. */
class CheckpointKillTest {
    private static final int KILLS = 16;

    @TempDir
    Path directory;

    @Test
    void alwaysFindsAWholeCheckpointNoOlderThanTheLastOneAnnounced() throws IOException, InterruptedException {
        final CheckpointStore store = new CheckpointStore(directory);
        final SplittableRandom random = new SplittableRandom(3);
        long found = -1;
        for (int kill = 0; kill < KILLS; kill++) {
            final long announced = saveUntilKilled(random.nextInt(60));

            final Checkpoint latest = store.latest(Saved.RUN).orElseThrow();
            assertThat(latest.state().step()).isGreaterThanOrEqualTo(announced).isGreaterThan(found);
            found = latest.state().step();
            assertThat(latest.state()).isEqualTo(Saved.state(found));
            assertThat(latest.weights().get("blocks.0.attn.qkv.weight").floats()).containsOnly((float) found);
            assertThat(latest.optimizer().get("exp_avg.norm.bias").floats()).containsOnly(found + 0.5f);
        }
        final long next = found + 1;
        store.save(Saved.state(next), Saved.weights(next), Saved.optimizer(next));
        try (Stream<Path> left = Files.list(directory.resolve(Saved.RUN))) {
            assertThat(left).allMatch(path -> path.getFileName().toString().startsWith("step-"));
        }
    }

    private long saveUntilKilled(int millis) throws IOException, InterruptedException {
        final Path announcements = directory.resolve("announcements");
        final Path errors = directory.resolve("errors");
        final Process saving = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Saving.class.getName(),
                directory.toString())
                .redirectOutput(announcements.toFile()).redirectError(errors.toFile()).start();
        try {
            await().until(() -> !saving.isAlive() || Files.readString(announcements).contains("\n"));
            final boolean endedByItself = saving.waitFor(millis, TimeUnit.MILLISECONDS);
            assertThat(errors).as("errors of the saving JVM").isEmptyFile();
            assertThat(endedByItself).isFalse();
        } finally {
            saving.destroyForcibly().waitFor();
        }
        final String whole = Files.readString(announcements);
        return whole.substring(0, whole.lastIndexOf('\n')).lines().mapToLong(Long::parseLong).max().orElseThrow();
    }

    /** Goes on from the latest checkpoint, keeps three checkpoints, and replaces every third one. */
    static final class Saving {
        public static void main(String[] args) {
            final CheckpointStore store = new CheckpointStore(Path.of(args[0]));
            long step = store.latest(Saved.RUN).map(latest -> latest.state().step()).orElse(-1L);
            while (true) {
                step++;
                for (int times = step % 3 == 0 ? 2 : 1; times > 0; times--)
                    store.save(Saved.state(step), Saved.weights(step), Saved.optimizer(step));
                System.out.println(step);
                store.list(Saved.RUN).reversed().stream().skip(3).forEach(store::delete);
            }
        }
    }
}
