package retort.evaluator.suite;

import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import retort.record.CheckpointReady;
import retort.settings.Section;
import retort.trainer.images.ImageBlock;

/**
 * Scores the loss on masked patches of the validation images, with the mask ratio and the targets of the run's training. Only a
 * checkpoint with a decoder is scored. The metric is {@code loss}, the mean over images. The sample id and {@code mask-seed} alone decide
 * the mask of an image, so that every checkpoint of one mask ratio sees the same masks. The suite also paints a few images, which {@link
 * DrawnImages} draws: {@link ReconstructionPicture}.
 */
public final class ReconstructionSuite implements SuiteFactory {
    private static final String LOSS = "loss";
    private static final int MOST_PICTURES = 64;

    @Override
    public SuiteDescription description() {
        return new SuiteDescription("reconstruction", Figure.lowerIsBetter(LOSS, "reconstruction loss"),
                List.of(ScoringContext.VAL), false, Set.of("pictures"));
    }

    @Override
    public Suite open(Section settings) {
        return new Reconstruction(settings.number("mask-seed", Long.MIN_VALUE, Long.MAX_VALUE),
                settings.integer("pictures", 0, MOST_PICTURES));
    }

    /** @param pictures number of images that are painted */
    private record Reconstruction(long maskSeed, int pictures) implements Suite {
        @Override
        public boolean scores(CheckpointReady checkpoint) {
            return checkpoint.getArchitecture().getDecoderDepth() > 0;
        }

        @Override
        public Mono<Score> score(FrozenModel model, ScoringContext context) {
            return Mono.defer(() -> {
                final DrawnImages drawn = new DrawnImages(pictures, maskSeed);
                return context.blocks(ScoringContext.VAL).doOnNext(drawn::offer)
                        .concatMap(block -> model.reconstructionLosses(block, maskSeed), 0)
                        .collect(Sum::new, Sum::add).map(Sum::mean)
                        .flatMap(score -> Mono.justOrEmpty(drawn.block()).flatMap(block -> paint(model, block))
                                .map(score::with).defaultIfEmpty(score));
            });
        }

        private Mono<SuitePicture> paint(FrozenModel model, ImageBlock block) {
            return model.reconstructions(block, maskSeed).publishOn(Schedulers.boundedElastic())
                    .map(painted -> ReconstructionPicture.of(painted, model.shape(), block.sampleIds()));
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
