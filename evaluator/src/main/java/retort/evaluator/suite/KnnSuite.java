package retort.evaluator.suite;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import retort.evaluator.knn.FeatureBlock;
import retort.evaluator.knn.NeighbourSearch;
import retort.evaluator.knn.Neighbourhood;
import retort.evaluator.knn.TooManyQueriesException;
import retort.settings.Section;

/**
 * Weighted k-nearest neighbours by DINO's protocol. The k probe images whose features are most similar to those of a validation
 * image vote for its class, each with weight {@code exp(similarity / temperature)}. Metrics are {@code top1} and, with more than five
 * classes, {@code top5}: shares of the labelled validation images, 0 to 1.
 */
public final class KnnSuite implements SuiteFactory {
    private static final String TOP1 = "top1";
    private static final String TOP5 = "top5";

    @Override
    public SuiteDescription description() {
        return new SuiteDescription("knn", Figure.higherIsBetter(TOP1, "k-NN top-1"),
                List.of(ScoringContext.VAL, ScoringContext.PROBE), true, Set.of("bank-block", "query-memory"));
    }

    @Override
    public FeatureSuite open(Section settings) {
        return new Knn(settings.integer("k", 1, 10_000),
                settings.real("temperature", 0.01, 100), // exp(1 / 0.001) overflows
                settings.integer("bank-block", 1, 1 << 20),
                settings.bytes("query-memory", 1 << 10, Integer.MAX_VALUE));
    }

    /** @param queryMemory bytes */
    private record Knn(int k, double temperature, int bankBlock, long queryMemory) implements FeatureSuite {
        @Override
        public Mono<Score> score(FrozenFeatures features, ScoringContext context) {
            return new NeighbourSearch(context.engine(), k, bankBlock, queryMemory)
                    .search(features(features, context, ScoringContext.VAL), features(features, context, ScoringContext.PROBE))
                    .map(this::score)
                    .onErrorMap(e -> e instanceof ArithmeticException || e instanceof TooManyQueriesException,
                            e -> new CheckpointRefusedException(String.valueOf(e.getMessage()), e));
        }

        private static Flux<FeatureBlock> features(FrozenFeatures features, ScoringContext context, String role) {
            return context.blocks(role).concatMap(features::of, 0);
        }

        private Score score(Neighbourhood found) {
            final int classes = 1 + IntStream.concat(IntStream.of(found.bankLabels()), IntStream.of(found.queryLabels())).max()
                    .orElse(0);
            final double top1 = found.accuracy(1, classes, temperature);
            return new Score(classes > 5 ? Map.of(TOP1, top1, TOP5, found.accuracy(5, classes, temperature)) : Map.of(TOP1, top1),
                    found.queries());
        }
    }
}
