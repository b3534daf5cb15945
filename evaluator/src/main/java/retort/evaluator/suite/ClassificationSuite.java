package retort.evaluator.suite;

import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;
import retort.trainer.images.ImageBlock;
import retort.record.CheckpointReady;
import retort.settings.Section;

/**
 * The answers of a fine-tuned classifier to the labelled validation images. Scores checkpoints that have a classifier. Metrics are
 * {@code top1}, {@code top5} (with more than five classes; both are shares, 0 to 1) and {@code loss}, the mean cross-entropy without
 * label smoothing.
 */
public final class ClassificationSuite implements SuiteFactory {
    private static final String TOP1 = "top1";
    private static final String TOP5 = "top5";
    private static final String LOSS = "loss";

    @Override
    public SuiteDescription description() {
        return new SuiteDescription("classification", Figure.higherIsBetter(TOP1, "top-1"), List.of(ScoringContext.VAL), true,
                Set.of());
    }

    @Override
    public Suite open(Section settings) {
        return new Classification();
    }

    private record Classification() implements Suite {
        @Override
        public boolean scores(CheckpointReady checkpoint) {
            return checkpoint.getArchitecture().getClasses() > 0;
        }

        @Override
        public Mono<Score> score(FrozenModel model, ScoringContext context) {
            return Mono.defer(() -> {
                final Tally tally = new Tally(model.classes());
                return context.blocks(ScoringContext.VAL)
                        .concatMap(block -> model.logits(block).doOnNext(logits -> tally.add(block, logits)), 0)
                        .then(Mono.fromCallable(tally::score));
            });
        }
    }

    /** The answers so far. Called serially. */
    private static final class Tally {
        private final int classes;
        private long images;
        private long first;
        private long firstFive;
        private double loss;

        Tally(int classes) {
            this.classes = classes;
        }

        void add(ImageBlock block, float[] logits) {
            for (int i = 0; i < block.count(); i++)
                if (block.labels()[i] >= 0)
                    add(logits, i * classes, block.labels()[i], block.sampleIds()[i]);
        }

        private void add(float[] logits, int from, int label, long sample) {
            if (label >= classes)
                throw new CheckpointRefusedException("validation image " + sample + " has label " + label
                        + ", and the classifier has " + classes + " classes");
            final float own = logits[from + label];
            float greatest = own;
            int before = 0; // classes ranked before the right one; of equal answers the lower class ranks first
            for (int c = 0; c < classes; c++) {
                final float other = logits[from + c];
                greatest = Math.max(greatest, other);
                if (other > own || other == own && c < label)
                    before++;
            }
            double sum = 0;
            for (int c = 0; c < classes; c++)
                sum += Math.exp((double) logits[from + c] - greatest);
            loss += Math.log(sum) + greatest - own;
            first += before == 0 ? 1 : 0;
            firstFive += before < 5 ? 1 : 0;
            images++;
        }

        Score score() {
            if (!Double.isFinite(loss))
                throw new CheckpointRefusedException("its classification loss is " + loss);
            if (images == 0)
                throw new CheckpointRefusedException("no validation image has a label");
            final double top1 = (double) first / images;
            final double mean = loss / images;
            return new Score(classes > 5
                    ? Map.of(TOP1, top1, TOP5, (double) firstFive / images, LOSS, mean)
                    : Map.of(TOP1, top1, LOSS, mean), images);
        }
    }
}
