package retort.evaluator.suite;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;
import retort.record.CheckpointReady;
import retort.settings.Section;
import retort.trainer.objective.AlignedPair;

/**
 * Scores how far the features of a distilled student are from those of its teacher, on the validation images: the distillation part of the
 * loss, with the run's own projection, distance and masks' ratio. Only a checkpoint of a distilled run is scored. It needs its state beside
 * its weights and the teacher where the run had it; where one of them is missing, the evaluation has an error. Metrics are
 * {@code distance}, the sum over the aligned pairs, and {@code distance.S-T} for each pair of the student's block S and the teacher's
 * block T. The sample id and {@code mask-seed} alone decide the mask of an image.
 */
public final class AlignSuite implements SuiteFactory {
    private static final String DISTANCE = "distance";

    @Override
    public SuiteDescription description() {
        return new SuiteDescription("align", Figure.lowerIsBetter(DISTANCE, "distance to teacher"), List.of(ScoringContext.VAL),
                false, Set.of());
    }

    @Override
    public Suite open(Section settings) {
        return new Align(settings.number("mask-seed", Long.MIN_VALUE, Long.MAX_VALUE));
    }

    private record Align(long maskSeed) implements Suite {
        @Override
        public boolean scores(CheckpointReady checkpoint) {
            return checkpoint.getObjective().equals("distill");
        }

        @Override
        public Mono<Score> score(FrozenModel model, ScoringContext context) {
            return Mono.usingWhen(FrozenPair.open(context.engine(), context.places(), model),
                    pair -> context.blocks(ScoringContext.VAL)
                            .concatMap(block -> pair.distances(block, maskSeed)
                                    .map(distances -> new Weighted(distances, block.count())), 0)
                            .collect(() -> new Sum(pair.pairs()), Sum::add).map(Sum::mean),
                    FrozenPair::close);
        }
    }

    /** The distances of one block. */
    @SuppressWarnings("ArrayRecordComponent") // only carries data, never compared
    private record Weighted(double[] distances, int images) {
    }

    /** The distances so far, weighted by the images of their blocks. Called serially. */
    private static final class Sum {
        private final List<AlignedPair> pairs;
        private final double[] sums;
        private long images;

        Sum(List<AlignedPair> pairs) {
            this.pairs = pairs;
            this.sums = new double[pairs.size()];
        }

        void add(Weighted block) {
            for (int i = 0; i < sums.length; i++)
                sums[i] += block.distances()[i] * block.images();
            images += block.images();
        }

        Score mean() {
            if (images == 0)
                throw new CheckpointRefusedException("the validation stream holds no image");
            final Map<String, Double> metrics = new LinkedHashMap<>();
            double all = 0;
            for (int i = 0; i < sums.length; i++) {
                all += sums[i] / images;
                metrics.put(DISTANCE + "." + pairs.get(i).student() + "-" + pairs.get(i).teacher(), sums[i] / images);
            }
            if (!Double.isFinite(all))
                throw new CheckpointRefusedException("its distance to its teacher is " + all);
            metrics.put(DISTANCE, all);
            return new Score(metrics, images);
        }
    }
}
