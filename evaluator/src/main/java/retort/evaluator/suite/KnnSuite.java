package retort.evaluator.suite;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import reactor.core.publisher.Mono;
import retort.evaluator.knn.NeighbourSearch;
import retort.evaluator.knn.Neighbourhood;
import retort.evaluator.knn.TooManyQueriesException;
import retort.settings.Section;

/**
 * Weighted k-nearest neighbours by DINO's protocol. The k probe images whose features are most similar to those of a validation
 * image vote for its class, each with weight {@code exp(similarity / temperature)}. Metrics are {@code top1} and, with more than five
 * classes, {@code top5}: shares of the labelled validation images, 0 to 1. The metrics of the values in {@code more-k} are computed in the
 * same pass and named {@code top1.k10}, {@code top5.k10} and so on. The classes of both streams are matched by name.
 */
public final class KnnSuite implements SuiteFactory {
    private static final String TOP1 = "top1";
    private static final String TOP5 = "top5";
    private static final int MOST_NEIGHBOURS = 10_000;

    @Override
    public SuiteDescription description() {
        return new SuiteDescription("knn", Figure.higherIsBetter(TOP1, "k-NN top-1"),
                List.of(ScoringContext.VAL, ScoringContext.PROBE), true, Set.of("bank-block", "query-memory"));
    }

    @Override
    public FeatureSuite open(Section settings) {
        return new Knn(settings.integer("k", 1, MOST_NEIGHBOURS), moreK(settings),
                settings.real("temperature", 0.01, 100), // exp(1 / 0.001) overflows
                settings.integer("bank-block", 1, 1 << 20),
                settings.bytes("query-memory", 1 << 10, Integer.MAX_VALUE));
    }

    private static SortedSet<Integer> moreK(Section settings) {
        final SortedSet<Integer> more = new TreeSet<>(settings.integers("more-k"));
        more.stream().filter(k -> k < 1 || k > MOST_NEIGHBOURS).findFirst().ifPresent(k -> {
            throw settings.error("more-k", more, "each must be 1 to " + MOST_NEIGHBOURS);
        });
        return more;
    }

    /** @param queryMemory limit in bytes of the query features */
    private record Knn(int k, SortedSet<Integer> moreK, double temperature, int bankBlock, long queryMemory)
            implements
                FeatureSuite {
        @Override
        public Mono<Score> score(FrozenFeatures features, ScoringContext context) {
            return Mono.defer(() -> {
                final MatchedFeatures matched = new MatchedFeatures(features, context);
                final int neighbours = moreK.isEmpty() ? k : Math.max(k, moreK.last());
                return new NeighbourSearch(context.engine(), neighbours, bankBlock, queryMemory)
                        .search(matched.val(), matched.probe()).map(found -> score(found, matched.classes().size()));
            }).onErrorMap(e -> e instanceof ArithmeticException || e instanceof TooManyQueriesException,
                    e -> new CheckpointRefusedException(String.valueOf(e.getMessage()), e));
        }

        private Score score(Neighbourhood found, int classes) {
            if (found.queries() == 0)
                throw new CheckpointRefusedException("no validation image has a label");
            final Map<String, Double> metrics = new LinkedHashMap<>();
            add(metrics, found, k, classes, "");
            moreK.forEach(more -> add(metrics, found, more, classes, ".k" + more));
            return new Score(metrics, found.queries());
        }

        private void add(Map<String, Double> metrics, Neighbourhood found, int voters, int classes, String suffix) {
            metrics.put(TOP1 + suffix, found.accuracy(1, voters, classes, temperature));
            if (classes > 5)
                metrics.put(TOP5 + suffix, found.accuracy(5, voters, classes, temperature));
        }
    }
}
