package retort.trainer.plan;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.stream.LongStream;
import retort.trainer.engine.Engine;
import retort.trainer.learn.Learner;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.weights.HostTensor;

/**
 * The rate of steps on a device.
 *
 * @param imagesPerSecond of the fastest step
 * @param images number of images of that step, the largest power of two that was tried
 */
public record MeasuredRate(double imagesPerSecond, int images) {
    /** A step that takes as long is long enough to be the measure, in ns. */
    private static final long LONG_ENOUGH = 1_000_000_000L;
    private static final int REPEATS = 2;

    /**
     * Takes steps of 1, 2, 4 and more images, up to {@code most} or to a step that takes a second. Blocks; any thread but the engine's.
     *
     * @param most largest number of images that fit: those of a part of a batch
     */
    public static MeasuredRate of(Engine engine, LearnerSpec spec, int most) {
        final Map<String, HostTensor> teacher = RandomWeights.of(spec.objective().teacherParameters());
        MeasuredRate rate = new MeasuredRate(0, 0);
        try (ClosingLearner learner = new ClosingLearner(engine, engine.call(() -> Learner.create(engine, spec, teacher)))) {
            long step = 0;
            for (int images = 1; images <= most; images *= 2) {
                long fastest = Long.MAX_VALUE;
                for (int i = 0; i <= REPEATS; i++) {
                    final long at = step++;
                    final int size = images;
                    final long began = System.nanoTime();
                    engine.call(() -> step(learner.learner, spec, size, at));
                    fastest = i == 0 ? fastest : Math.min(fastest, System.nanoTime() - began); // the first one warms up
                }
                rate = new MeasuredRate(images / (fastest / 1e9), images);
                if (fastest >= LONG_ENOUGH || images > most / 2)
                    break;
            }
        }
        return rate;
    }

    private record ClosingLearner(Engine engine, Learner learner) implements AutoCloseable {
        @Override
        public void close() {
            engine.call(() -> {
                learner.close();
                return true;
            });
        }
    }

    private static double step(Learner learner, LearnerSpec spec, int images, long step) {
        final int side = spec.model().image();
        final ByteBuffer pixels = ByteBuffer.allocateDirect(images * side * side * spec.model().channels());
        return learner.step(pixels, LongStream.range(0, images).toArray(), new int[images], step).read().total();
    }
}
