package retort.evaluator.suite;

import java.util.Map;
import reactor.core.publisher.Mono;
import retort.evaluator.images.ScoredStream;
import retort.record.CheckpointReady;

/**
 * The loss on masked patches of the validation images, as the run trained on it: its own mask ratio and its own targets. Metric
 * {@code loss}, the mean over images. The masks depend on a fixed seed and the sample alone: every checkpoint of a mask ratio sees
 * the same ones.
 */
public final class ReconstructionSuite implements Suite {
    public static final String NAME = "reconstruction";
    private static final String LOSS = "loss";

    private final long maskSeed;
    private final ScoredStream val;
    private final int batch;

    /** @param batch images a block */
    public ReconstructionSuite(long maskSeed, ScoredStream val, int batch) {
        this.maskSeed = maskSeed;
        this.val = val;
        this.batch = batch;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String figure() {
        return LOSS;
    }

    @Override
    public String settingsHash() {
        return SettingsHash.of("reconstruction mask-seed=" + maskSeed + " val=" + val.identity());
    }

    @Override
    public boolean scores(CheckpointReady checkpoint) {
        return checkpoint.getArchitecture().getDecoderDepth() > 0;
    }

    @Override
    public Mono<Score> score(FrozenModel model) {
        return val.blocks(batch).concatMap(block -> model.reconstructionLosses(block, maskSeed), 0)
                .collect(Sum::new, Sum::add).map(Sum::mean);
    }

    private static final class Sum {
        private double sum;
        private long images;

        void add(double[] losses) {
            for (final double loss : losses)
                sum += loss;
            images += losses.length;
        }

        Score mean() {
            if (!Double.isFinite(sum))
                throw new CheckpointRefusedException("its reconstruction loss is " + sum);
            return new Score(Map.of(LOSS, sum / images), images);
        }
    }
}
