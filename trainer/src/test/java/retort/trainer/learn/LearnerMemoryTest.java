package retort.trainer.learn;

import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Reconstruction;
import retort.trainer.objective.Distill;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Initialization;
import retort.trainer.model.Parameters;
import retort.trainer.model.VitShape;

final class LearnerMemoryTest {
    private static final int BATCH = 16;
    private static final VitShape STUDENT = new VitShape(32, 4, 3, 48, 3, 3);
    private static final VitShape TEACHER = new VitShape(32, 4, 3, 64, 4, 4);

    /** The graph of a step takes about 20 MB here. Keeping the graph of one step in fifty would already fail the test. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void staysFlatOverHundredsOfSteps() {
        try (Engine engine = Engine.start(new EngineSettings("cpu", 2))) {
            engine.call(() -> {
                final var objective = new Distill(new Reconstruction(new DecoderShape(32, 2, 2), true), 16,
                        TEACHER,
                        new AlignedPair(1, 2));
                final LearnerSpec spec = new LearnerSpec(STUDENT, objective,
                        OptimizerSettings.pretraining(new LrSchedule(1e-3, 0, 10, 500)), Precision.FLOAT32,
                        new PixelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.2, 0.2, 0.2)), 1);
                try (Learner learner = Learner.create(engine, spec, Initialization.draw(Parameters.encoder(TEACHER), 2));
                        Encoder encoder = Encoder.load(engine, STUDENT, Optional.empty(), learner.weights(), spec.pixels())) {
                    steps(learner, encoder, 0, 100);
                    final long before = residentKilobytes();
                    steps(learner, encoder, 100, 500);
                    assertThat(residentKilobytes() - before).as("kB more after 400 steps").isLessThan(100_000);
                }
                return 0;
            });
        }
    }

    private static void steps(Learner learner, Encoder encoder, long from, long to) {
        final ByteBuffer pixels = ByteBuffer.allocateDirect(BATCH * 32 * 32 * 3);
        final long[] ids = LongStream.range(0, BATCH).toArray();
        for (long step = from; step < to; step++) {
            learner.step(pixels, ids, new int[BATCH], step).read();
            if (step % 10 == 0)
                encoder.features(pixels, BATCH);
        }
    }

    private static long residentKilobytes() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
