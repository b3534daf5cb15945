package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.bench.read.RandomStream;
import retort.broker.BrokerProcess;
import retort.kafka.Broker;
import retort.record.RunState;
import retort.record.TrainingProgress;

/**
 * The memory of a trainer whose steps are slow does not depend on what waits in the topic. The bound is the one of section 6 of the design: live
 * heap of {@code trainer.buffer} and four batches of pixels outside it, over the same process before the first image is published. The long form is
 * {@code -Dwaiting.gigabytes=2 -Dwaiting.minutes=10}.
 */
final class WaitingMemoryTest {
    private static final double GIGABYTES = Double.parseDouble(System.getProperty("waiting.gigabytes", "0.2"));
    private static final double MINUTES = Double.parseDouble(System.getProperty("waiting.minutes", "0.4"));
    private static final boolean LONG = MINUTES >= 5;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration EVERY = Duration.ofSeconds(LONG ? 15 : 3);

    private static final int SIDE = 224;
    private static final int IMAGES_PER_RECORD = 6;
    private static final int PARTITIONS = 2;
    private static final int BATCH = 8;

    private static final int BUFFER_MIB = 32;
    private static final int HEAP_LIMIT_MIB = 128;
    /**
     * Objects of a reader and of a step that come with the first images, and a fetch of a quarter of the buffer: its bytes stay until its
     * last record is used, also those of the records that no longer count.
     */
    private static final int SLACK_MIB = 8 + BUFFER_MIB / 4;
    /** Memory of libtorch for the activations of this step, and code that is compiled after the first image. */
    private static final int STEP_MIB = 96;

    @TempDir
    private Path directory;

    @Test
    void whatWaitsInTheTopicTakesNoMemoryOfTheTrainer() throws Exception {
        try (BrokerProcess server = BrokerProcess.start(directory.resolve("kafka"), Map.of())) {
            final Broker broker = Broker.at(server.bootstrapServers(), "retort.");
            broker.ensureEventTopics();
            final Process trainer = start(server);
            try (RandomStream images = RandomStream.create(broker, "train", PARTITIONS, SIDE, IMAGES_PER_RECORD)) {
                broker.streams().publish(images.stream());
                await().atMost(PATIENCE).until(() -> state(broker) == RunState.WAITING);
                final SoakMemory before = new SoakMemory(trainer.pid(), Duration.ZERO);
                before.measure();
                images.publish(Math.max(1, (long) (GIGABYTES * 1e9 / images.recordBytes())));
                final long waiting = images.published() * images.recordBytes();
                await().atMost(PATIENCE).until(() -> steps(broker) > 2);
                final SoakMemory memory = new SoakMemory(trainer.pid(), EVERY);
                final long first = steps(broker);
                await().pollInterval(EVERY).atMost(Duration.ofMillis((long) (MINUTES * 60_000 + PATIENCE.toMillis())))
                        .until(new Watch(trainer, memory)::isOver);
                final long taken = steps(broker) - first;
                System.out.printf("%.2f GB waited at first; %d steps in %.1f min; before the first image %s; then %s%n",
                        waiting / 1e9,
                        taken, MINUTES, said(before), memory);
                assertThat(taken).as("a step takes more than a second").isBetween(1L, (long) (MINUTES * 60) + 1);
                assertThat(memory.mostHeap()).as("live heap over %s", before)
                        .isBetween(1L, before.mostHeap() + mebibytes(BUFFER_MIB + SLACK_MIB));
                assertThat(memory.mostResident()).as("resident set over %s", before).isBetween(1L, before.mostResident()
                        + mebibytes(HEAP_LIMIT_MIB + STEP_MIB) + 4L * BATCH * SIDE * SIDE * 3);
                if (LONG)
                    memory.requireFlat();
            } finally {
                trainer.destroyForcibly().onExit().join();
            }
        }
    }

    /** Measures until the time is over. */
    private record Watch(Process trainer, SoakMemory memory, long end) {
        Watch(Process trainer, SoakMemory memory) {
            this(trainer, memory, System.nanoTime() + (long) (MINUTES * 60e9));
        }

        boolean isOver() throws IOException, InterruptedException {
            assertThat(trainer.isAlive()).as("the trainer is alive").isTrue();
            memory.measure();
            return System.nanoTime() > end;
        }
    }

    private static String said(SoakMemory once) {
        return String.format("live heap %.1f MiB, resident set %.1f MiB", once.mostHeap() / 1048576.0,
                once.mostResident() / 1048576.0);
    }

    private static long mebibytes(int number) {
        return (long) number << 20;
    }

    private static @Nullable RunState state(Broker broker) {
        final TrainingProgress progress = broker.table(broker.topics().progress()).get("slow");
        return progress == null ? null : progress.getState();
    }

    private static long steps(Broker broker) {
        final TrainingProgress progress = broker.table(broker.topics().progress()).get("slow");
        return progress == null ? 0 : progress.getStep();
    }

    private Process start(BrokerProcess server) throws IOException {
        final Path settings = Files.writeString(directory.resolve("slow.conf"),
                """
                        kafka.bootstrap.servers = "%s"
                        trainer {
                          device = cpu, threads = 1, checkpoints = "%s", buffer = %dMiB, batch = %d, steps = 1000000, checkpoint-every = 1000000
                          decoder { width = 16, depth = 1, heads = 2 }
                          runs = [{name = slow, objective = pretrain, model = {width = 32, depth = 1, heads = 2, patch = 16}}]
                        }
                        """
                        .formatted(server.bootstrapServers(), directory.resolve("checkpoints"), BUFFER_MIB, BATCH));
        final ProcessBuilder builder = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx" + HEAP_LIMIT_MIB + "m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Dai.djl.offline=true",
                "-Dlogback.configurationFile=logback.xml", "-cp", System.getProperty("java.class.path"),
                SlowTrainer.class.getName(), settings.toString());
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder.redirectErrorStream(true).redirectOutput(directory.resolve("slow.log").toFile()).start();
    }
}
