package retort.evaluator.suite;

import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import retort.evaluator.images.ScoredStream;
import retort.evaluator.knn.FeatureBlock;
import retort.evaluator.knn.Neighbourhood;
import retort.evaluator.knn.NeighbourSearch;
import retort.evaluator.knn.TooManyQueriesException;
import retort.record.CheckpointReady;

/**
 * Weighted k-nearest neighbours (DINO's protocol): every validation image is given the class that its k nearest bank images vote
 * for. Metrics {@code top1} and {@code top5} (only with more than five classes), shares of the labelled validation images.
 */
public final class KnnSuite implements Suite {
    public static final String NAME = "knn";
    public static final String TOP1 = "top1";
    private static final String TOP5 = "top5";

    private final NeighbourSearch search;
    private final double temperature;
    private final ScoredStream val;
    private final ScoredStream probe;
    private final int batch;
    private final String settingsHash;

    /** @param batch images a block */
    public KnnSuite(NeighbourSearch search, int k, double temperature, ScoredStream val, ScoredStream probe, int batch) {
        this.search = search;
        this.temperature = temperature;
        this.val = val;
        this.probe = probe;
        this.batch = batch;
        this.settingsHash = SettingsHash.of(String.format(Locale.ROOT, "knn k=%d temperature=%s val=%s probe=%s", k, temperature,
                val.identity(), probe.identity()));
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
        return settingsHash;
    }

    @Override
    public boolean scores(CheckpointReady checkpoint) {
        return true;
    }

    @Override
    public Mono<Score> score(FrozenModel model) {
        return score((FrozenFeatures) model)
                .onErrorMap(ArithmeticException.class, e -> new CheckpointRefusedException(String.valueOf(e.getMessage()), e))
                .onErrorMap(TooManyQueriesException.class,
                        e -> new CheckpointRefusedException(String.valueOf(e.getMessage()), e));
    }

    /** Of any features. @throws TooManyQueriesException (as the Mono's error) when those of the validation images do not fit */
    public Mono<Score> score(FrozenFeatures features) {
        return search.search(features(val, features), features(probe, features)).map(this::accuracy);
    }

    private Flux<FeatureBlock> features(ScoredStream stream, FrozenFeatures features) {
        return stream.blocks(batch).concatMap(features::of, 0);
    }

    private Score accuracy(Neighbourhood found) {
        final int classes = IntStream.concat(IntStream.of(found.bankLabels()), IntStream.of(found.queryLabels())).max().orElse(0)
                + 1;
        final double top1 = found.accuracy(1, classes, temperature);
        return new Score(classes > 5 ? Map.of(TOP1, top1, TOP5, found.accuracy(5, classes, temperature)) : Map.of(TOP1, top1),
                found.queries());
    }
}
