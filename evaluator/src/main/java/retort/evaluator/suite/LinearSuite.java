package retort.evaluator.suite;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import retort.evaluator.knn.FeatureBlock;
import retort.evaluator.linear.FeatureStore;
import retort.evaluator.linear.Lars;
import retort.evaluator.linear.LinearProbe;
import retort.random.Permutation;
import retort.settings.Section;

/**
 * MAE's linear probe (arXiv 2111.06377, appendix A.1): batch norm without learned scale and one linear layer. It is trained with LARS on
 * the features of the probe images and then scored on the validation images. Features are computed once, without augmentation. Metrics
 * are those of {@link ClassificationSuite}. The classes of both streams are matched by name.
 */
public final class LinearSuite implements SuiteFactory {
    @Override
    public SuiteDescription description() {
        return new SuiteDescription("linear", Figure.higherIsBetter(Answers.TOP1, "linear top-1"),
                List.of(ScoringContext.VAL, ScoringContext.PROBE), true,
                Set.of("feature-memory", "feature-folder"));
    }

    @Override
    public FeatureSuite open(Section settings) {
        return new Linear(new Schedule(settings.integer("epochs", 1, 10_000), settings.integer("least-steps", 1, 1_000_000),
                settings.integer("batch", 2, 1 << 20), settings.real("lr", 1e-6, 1e3), settings.real("warmup", 0, 0.9),
                settings.number("seed", Long.MIN_VALUE, Long.MAX_VALUE)),
                Lars.withWeightDecay(settings.real("weight-decay", 0, 1)),
                settings.bytes("feature-memory", 1 << 10, Integer.MAX_VALUE),
                Path.of(settings.optionalString("feature-folder").orElse(System.getProperty("java.io.tmpdir"))));
    }

    /**
     * The learning rate and the order of rows. The rate rises linearly from 0, then falls by half a cosine to 0.
     *
     * @param leastSteps least number of steps; LARS moves the weights by a fixed share in each step, so with fewer steps the weights would
     *     stay near their start on a small set
     * @param highest highest learning rate
     * @param warmup share of the steps in which the rate rises, 0 to 1
     */
    private record Schedule(int epochs, int leastSteps, int batch, double highest, double warmup, long seed) {
        int batch(int rows) {
            return Math.min(batch, rows);
        }

        int stepsPerEpoch(int rows) {
            return rows / batch(rows);
        }

        int steps(int rows) {
            return Math.max(leastSteps, Math.multiplyExact(epochs, stepsPerEpoch(rows)));
        }

        double rate(int step, int rows) {
            final double done = (double) step / steps(rows);
            return done < warmup
                    ? highest * done / warmup
                    : highest / 2 * (1 + Math.cos(Math.PI * (done - warmup) / (1 - warmup)));
        }

        int[] rowsOf(int step, int rows) {
            final int first = step % stepsPerEpoch(rows) * batch(rows);
            final Permutation order = Permutation.of(rows, seed, "linear-probe", step / stepsPerEpoch(rows));
            return IntStream.range(first, first + batch(rows)).map(at -> (int) order.at(at)).toArray();
        }
    }

    /** @param memory limit in bytes of the features on the heap */
    private record Linear(Schedule schedule, Lars lars, long memory, Path folder) implements FeatureSuite {
        @Override
        public Mono<Score> score(FrozenFeatures features, ScoringContext context) {
            return Mono.defer(() -> {
                final MatchedFeatures matched = new MatchedFeatures(features, context);
                return Mono.using(() -> new FeatureStore(memory, folder), store -> matched.probe()
                        .concatMap(block -> Mono.fromRunnable(() -> store.add(block)).subscribeOn(Schedulers.boundedElastic()), 0)
                        .then(Mono.defer(() -> train(store, matched, context)))
                        .flatMap(probe -> ask(probe, matched, context)));
            });
        }

        private Mono<LinearProbe> train(FeatureStore store, MatchedFeatures matched, ScoringContext context) {
            final int classes = matched.classes().size();
            if (store.count() < 2)
                throw new CheckpointRefusedException(
                        "the probe stream has " + store.count() + " images with a label, a linear probe"
                                + " needs two or more");
            final long headBytes = (long) store.width() * classes * Float.BYTES;
            if (headBytes > memory)
                throw new CheckpointRefusedException("a linear layer from " + store.width() + " features to " + classes
                        + " classes takes " + headBytes + " bytes, more than evaluator.linear.feature-memory = " + memory);
            final LinearProbe probe = LinearProbe.draw(context.engine(), store.width(), classes, lars, schedule.seed());
            return Flux.range(0, schedule.steps(store.count()))
                    .concatMap(step -> Mono.fromCallable(() -> store.rows(schedule.rowsOf(step, store.count())))
                            .subscribeOn(Schedulers.boundedElastic())
                            .flatMap(
                                    rows -> context.engine().submit(() -> step(probe, rows, schedule.rate(step, store.count())))),
                            0)
                    .then(Mono.just(probe));
        }

        private static double step(LinearProbe probe, FeatureBlock rows, double rate) {
            final double loss = probe.step(rows.rows(), rows.labels(), rate);
            if (!Double.isFinite(loss))
                throw new CheckpointRefusedException("the loss of its linear probe is " + loss);
            return loss;
        }

        private static Mono<Score> ask(LinearProbe probe, MatchedFeatures matched, ScoringContext context) {
            final Answers answers = new Answers(matched.classes(), matched.classes().size());
            return matched.val()
                    .concatMap(block -> context.engine().submit(() -> probe.logits(block.rows(), block.count()))
                            .doOnNext(logits -> answers.add(block.labels(), logits)), 0)
                    .then(Mono.fromCallable(() -> answers.score("linear probe's loss")));
        }
    }
}
