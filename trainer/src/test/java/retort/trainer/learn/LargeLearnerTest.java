package retort.trainer.learn;

import retort.trainer.objective.Reconstruction;
import retort.trainer.objective.Pretrain;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import retort.digest.FileDigest;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Initialization;
import retort.trainer.model.Parameter;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.SafeTensors;

/** A model that does not fit into the heap: 155 million weights and two moments of each, 1.8 GB, beside a heap of 512 MiB. */
final class LargeLearnerTest {
    private static final VitShape WIDE = new VitShape(16, 8, 3, 2048, 3, 16);
    private static final DecoderShape DECODER = new DecoderShape(64, 1, 2);
    private static final ByteBuffer PIXELS = ByteBuffer.allocateDirect(16 * 16 * 3);

    @TempDir
    Path directory;

    @Test
    @EnabledOnOs(OS.LINUX)
    void isDrawnSteppedSavedAndRestoredTensorByTensor() {
        final LearnerSpec spec = new LearnerSpec(WIDE, new Pretrain(new Reconstruction(DECODER, true), 1),
                OptimizerSettings.pretraining(new LrSchedule(1e-4, 0, 0, 10)), Precision.FLOAT32,
                new PixelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.2, 0.2, 0.2)), 1);
        final Path weights = directory.resolve("weights.safetensors");
        final Path optimizer = directory.resolve("optimizer.safetensors");
        try (Engine engine = Engine.start(new EngineSettings("cpu", 2))) {
            final Learner learner = engine.call(() -> Learner.create(engine, spec, Map.of()));
            final List<Parameter> all = spec.objective().parameters(WIDE);
            final StateCopy copy = engine.call(learner::newCopy);
            copy(engine, learner, copy);
            assertThat(bytes(copy.weights())).isGreaterThan(Runtime.getRuntime().maxMemory());
            for (final Parameter each : all.subList(all.size() - 12, all.size()))
                assertThat(copy.weights().get(each.name()).view()).as(each.name())
                        .isEqualTo(Initialization.draw(each, all, spec.seed()).view());
            engine.call(() -> learner.step(PIXELS, new long[]{1}, new int[1], 1).read());

            final long before = kilobytes("VmRSS");
            forgetPeak();
            copy(engine, learner, copy);
            final FileDigest saved = SafeTensors.write(weights, copy.weights(), Map.of());
            final FileDigest savedOptimizer = SafeTensors.write(optimizer, copy.optimizer(), Map.of());
            assertThat(kilobytes("VmHWM") - before)
                    .as("kB that saving %d MB took", (saved.bytes() + savedOptimizer.bytes()) >> 20)
                    .isLessThan(150_000);

            final double loss = engine.call(() -> {
                final double next = learner.step(PIXELS, new long[]{2}, new int[1], 2).read().total();
                learner.close();
                return next;
            });
            final Learner restored = engine.call(() -> Learner.create(engine, spec, Map.of(),
                    new LearnerStart.Saved(SafeTensors.read(weights), SafeTensors.read(optimizer))));
            copy(engine, restored, copy);
            assertThat(SafeTensors.write(directory.resolve("again"), copy.optimizer(), Map.of())).isEqualTo(savedOptimizer);
            copy.close();
            assertThat(engine.call(() -> restored.step(PIXELS, new long[]{2}, new int[1], 2).read().total())).isEqualTo(loss);
            engine.call(() -> {
                restored.close();
                return true;
            });
        }
    }

    private static void copy(Engine engine, Learner learner, StateCopy to) {
        engine.call(() -> {
            learner.copyTo(to);
            return true;
        });
    }

    private static long bytes(Map<String, HostTensor> tensors) {
        return tensors.values().stream().mapToLong(tensor -> tensor.data().limit()).sum();
    }

    /** Resets the peak of memory that Linux counts. */
    private static void forgetPeak() {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long kilobytes(String field) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith(field + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
