package retort.evaluator.knn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import retort.evaluator.GoldenSet;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;

/** Compares with the golden sets of kind {@code knn}: the bundled sets, or the sets of the folder {@code -Dgolden.dir}. */
class KnnGoldenTest {
    private static final double SAME_SIMILARITY = 1e-6;

    private static Engine engine;

    @BeforeAll
    static void start() {
        engine = Engine.start(new EngineSettings("cpu", 1));
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    static List<GoldenSet> sets() {
        return GoldenSet.ofKind("knn");
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("sets")
    void neighboursVotesAndOrderAreTheReferences(GoldenSet set) {
        final Neighbourhood found = search(set, 64, 50);
        final int k = set.number("k");
        final int classes = set.number("classes");
        final int[] rows = set.integers("neighbour_indices");
        final float[] similarities = set.floats("neighbour_similarities");
        final float[] scores = set.floats("class_scores");
        final int[] order = set.integers("predicted_order");
        final Worst similarity = new Worst(set, "similarities");
        final Worst score = new Worst(set, "class_scores");

        assertThat(found.queries()).isEqualTo(set.number("val"));
        for (int query = 0; query < found.queries(); query++) {
            final int first = query * k;
            final NearestNeighbours neighbours = found.neighbours();
            final int at = query;
            assertThat(IntStream.range(0, k).map(rank -> neighbours.row(at, rank))).as("neighbours of query %d", query)
                    .containsExactlyInAnyOrder(
                            IntStream.range(first, first + k).map(i -> rows[i]).boxed().toArray(Integer[]::new));
            for (int rank = 0; rank < k; rank++) {
                similarity.compare(neighbours.similarity(query, rank), similarities[first + rank]);
                if (neighbours.row(query, rank) != rows[first + rank])
                    assertThat((double) neighbours.similarity(query, rank))
                            .as("only equal similarities may change places, query %d, rank %d", query, rank)
                            .isCloseTo(similarityOf(rows[first + rank], neighbours, query), within(SAME_SIMILARITY));
            }
            final ClassVotes votes = found.votes(query, k, classes, set.json().get("temperature").doubleValue());
            for (int label = 0; label < classes; label++)
                score.compare(votes.score(label), scores[query * classes + label]);
            assertThat(IntStream.range(0, classes).boxed().sorted(Comparator.comparingInt(votes::rankOf))).as("query %d", query)
                    .containsExactly(IntStream.range(query * classes, (query + 1) * classes).map(i -> order[i]).boxed()
                            .toArray(Integer[]::new));
        }

        final double temperature = set.json().get("temperature").doubleValue();
        assertThat(found.accuracy(1, k, classes, temperature) * found.queries())
                .isCloseTo(set.json().get("expected").get("top1_correct").doubleValue(), within(1e-9));
        assertThat(found.accuracy(5, k, classes, temperature) * found.queries())
                .isCloseTo(set.json().get("expected").get("top5_correct").doubleValue(), within(1e-9));
        System.out.printf(Locale.ROOT, "golden knn %s: %d values, worst %.3f of tolerance%n", set,
                rows.length + similarities.length + scores.length + order.length + 2, Math.max(similarity.share, score.share));
        assertThat(similarity.share).as("similarities, share of tolerance").isLessThanOrEqualTo(1);
        assertThat(score.share).as("class scores, share of tolerance").isLessThanOrEqualTo(1);
    }

    /** One search with many neighbours gives the same counts for every smaller number as a separate search for that number. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("sets")
    void fewerNeighboursVoteInTheSamePass(GoldenSet set) {
        final int classes = set.number("classes");
        final double temperature = set.json().get("temperature").doubleValue();
        final Neighbourhood many = search(set, 100, 64, 50);

        assertThat(many.accuracy(1, set.number("k"), classes, temperature) * many.queries())
                .isCloseTo(set.json().get("expected").get("top1_correct").doubleValue(), within(1e-9));
        for (final int k : new int[]{1, 10, 100}) {
            final Neighbourhood own = search(set, k, 1000, 1000);
            for (final int best : new int[]{1, 5})
                assertThat(many.accuracy(best, k, classes, temperature)).isEqualTo(own.accuracy(best, k, classes, temperature));
        }
    }

    @ParameterizedTest
    @CsvSource({"7, 5", "500, 500", "64, 1000"})
    void neighboursDoNotDependOnHowTheBankIsCut(int blockRows, int tileRows) {
        final GoldenSet set = GoldenSet.bundled("knn").getFirst();
        final Neighbourhood whole = search(set, 1000, 1000);
        final Neighbourhood cut = search(set, blockRows, tileRows);

        for (int query = 0; query < whole.queries(); query++)
            for (int rank = 0; rank < whole.neighbours().found(query); rank++)
                assertThat(cut.neighbours().row(query, rank)).isEqualTo(whole.neighbours().row(query, rank));
    }

    private static Neighbourhood search(GoldenSet set, int blockRows, int tileRows) {
        return search(set, set.number("k"), blockRows, tileRows);
    }

    private static Neighbourhood search(GoldenSet set, int k, int blockRows, int tileRows) {
        return new NeighbourSearch(engine, k, tileRows, Long.MAX_VALUE)
                .search(blocks(set, "val", blockRows), blocks(set, "train", blockRows)).block();
    }

    private static Flux<FeatureBlock> blocks(GoldenSet set, String side, int blockRows) {
        final float[] features = set.floats(side + "_features");
        final int[] labels = set.integers(side + "_labels");
        final int width = features.length / labels.length;
        return Flux.range(0, Math.ceilDiv(labels.length, blockRows)).map(block -> {
            final int from = block * blockRows;
            final int to = Math.min(labels.length, from + blockRows);
            return new FeatureBlock(Arrays.copyOfRange(features, from * width, to * width), width,
                    Arrays.copyOfRange(labels, from, to));
        });
    }

    private static double similarityOf(int row, NearestNeighbours neighbours, int query) {
        return IntStream.range(0, neighbours.found(query)).filter(rank -> neighbours.row(query, rank) == row)
                .mapToDouble(rank -> neighbours.similarity(query, rank)).findFirst().orElseThrow();
    }

    /** The largest deviation, as a share of its tolerance. */
    private static final class Worst {
        private final GoldenSet set;
        private final String what;
        private double share;

        Worst(GoldenSet set, String what) {
            this.set = set;
            this.what = what;
        }

        void compare(double got, double expected) {
            final double off = Math.abs(got - expected);
            share = Math.max(share, off == 0 ? 0 : off / set.tolerance(what, expected));
        }
    }
}
