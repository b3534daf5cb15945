package retort.evaluator.suite;

import java.util.Map;
import reactor.core.publisher.Mono;
import retort.evaluator.images.PixelBlock;
import retort.evaluator.images.ScoredStream;
import retort.record.CheckpointReady;

/**
 * How often a fine-tuned classifier is right about the labelled validation images. Metrics {@code top1}, {@code top5} (only with
 * more than five classes) and {@code loss}, the mean cross-entropy with labels as they are.
 */
public final class ClassificationSuite implements Suite {
    public static final String NAME = "classification";
    private static final String TOP1 = "top1";
    private static final String TOP5 = "top5";
    private static final String LOSS = "loss";

    private final ScoredStream val;
    private final int batch;

    /** @param batch images a block */
    public ClassificationSuite(ScoredStream val, int batch) {
        this.val = val;
        this.batch = batch;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String figure() {
        return TOP1;
    }

    @Override
    public String settingsHash() {
        return SettingsHash.of("classification val=" + val.identity());
    }

    @Override
    public boolean scores(CheckpointReady checkpoint) {
        return checkpoint.getArchitecture().getClasses() > 0;
    }

    @Override
    public Mono<Score> score(FrozenModel model) {
        return Mono.defer(() -> {
            final Tally tally = new Tally(model.classes());
            return val.blocks(batch)
                    .concatMap(block -> model.logits(block).doOnNext(logits -> tally.add(block, logits)), 0)
                    .then(Mono.fromCallable(tally::score));
        });
    }

    /** Written by one block after another. */
    private static final class Tally {
        private final int classes;
        private long images;
        private long first;
        private long firstFive;
        private double loss;

        Tally(int classes) {
            this.classes = classes;
        }

        void add(PixelBlock block, float[] logits) {
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
            int before = 0; // answers that come before the right one; of equal ones the lower class does
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
