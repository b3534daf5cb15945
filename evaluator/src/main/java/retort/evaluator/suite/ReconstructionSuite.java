package retort.evaluator.suite;

import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;
import retort.record.CheckpointReady;
import retort.settings.Section;

/**
 * Scores the loss on masked patches of the validation images, with the mask ratio and the targets of the run's training. Only a
 * checkpoint with a decoder is scored. The metric is {@code loss}, the mean over images. The sample id and {@code mask-seed} alone decide
 * the mask of an image, so that every checkpoint of one mask ratio sees the same masks.
 */
public final class ReconstructionSuite implements SuiteFactory {
    private static final String LOSS = "loss";

    @Override
    public SuiteDescription description() {
        return new SuiteDescription("reconstruction", Figure.lowerIsBetter(LOSS, "reconstruction loss"),
                List.of(ScoringContext.VAL), false, Set.of());
    }

    @Override
    public Suite open(Section settings) {
        return new Reconstruction(maskSeed(settings));
    }

    /** The seed of evaluation masks. Pictures use the same seed. */
    static long maskSeed(Section settings) {
        return settings.number("mask-seed", Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private record Reconstruction(long maskSeed) implements Suite {
        @Override
        public boolean scores(CheckpointReady checkpoint) {
            return checkpoint.getArchitecture().getDecoderDepth() > 0;
        }

        @Override
        public Mono<Score> score(FrozenModel model, ScoringContext context) {
            return context.blocks(ScoringContext.VAL).concatMap(block -> model.reconstructionLosses(block, maskSeed), 0)
                    .collect(Sum::new, Sum::add).map(Sum::mean);
        }
    }

    /** The sum of the losses so far. Called serially. */
    private static final class Sum {
        private double sum;
        private long images;

        void add(double[] losses) {
            for (final double loss : losses)
                sum += loss;
            images += losses.length;
        }

        Score mean() {
            if (images == 0)
                throw new CheckpointRefusedException("the validation stream holds no image");
            if (!Double.isFinite(sum))
                throw new CheckpointRefusedException("its reconstruction loss is " + sum);
            return new Score(Map.of(LOSS, sum / images), images);
        }
    }
}
