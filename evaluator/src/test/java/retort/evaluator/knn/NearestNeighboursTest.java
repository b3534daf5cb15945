package retort.evaluator.knn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NearestNeighboursTest {
    @Test
    void ofEqualSimilaritiesTheLowerBankRowIsNearer() {
        final NearestNeighbours neighbours = new NearestNeighbours(1, 3);

        offer(neighbours, 0, 0.5f, 0.9f, 0.5f);
        offer(neighbours, 3, 0.9f, 0.5f, 0.9f);

        assertThat(rows(neighbours, 0)).containsExactly(1, 3, 5);
    }

    @Test
    void aBankSmallerThanKGivesAsManyAsThereAre() {
        final NearestNeighbours neighbours = new NearestNeighbours(1, 5);

        offer(neighbours, 0, -0.2f, 0.3f);

        assertThat(neighbours.found(0)).isEqualTo(2);
        assertThat(rows(neighbours, 0)).containsExactly(1, 0);
        assertThat(neighbours.similarity(0, 1)).isEqualTo(-0.2f);
    }

    @Test
    void queriesOfATileKeepTheirOwnNeighbours() {
        final NearestNeighbours neighbours = new NearestNeighbours(3, 1);

        neighbours.offer(FloatBuffer.wrap(new float[]{0.1f, 0.2f, 0.4f, 0.3f}), 1, 2, 10, 2);

        assertThat(neighbours.found(0)).isZero();
        assertThat(neighbours.row(1, 0)).isEqualTo(11);
        assertThat(neighbours.row(2, 0)).isEqualTo(10);
    }

    @Test
    void votesAreWeightedAndEqualScoresGoToTheLowerClass() {
        final NearestNeighbours neighbours = new NearestNeighbours(1, 4);
        offer(neighbours, 0, 0.4f, 0.4f, 0.7f, 0.1f);

        final ClassVotes votes = ClassVotes.of(neighbours, 0, 4, new int[]{3, 1, 2, 2}, 5, 0.1);

        assertThat(votes.score(2)).isCloseTo(Math.exp(7) + Math.exp(1), within(1e-3));
        assertThat(IntStream.range(0, 5).map(votes::rankOf)).containsExactly(3, 1, 0, 2, 4);
    }

    @Test
    void rowsWithoutALabelTakeNoPart() {
        final FeatureBlock first = new FeatureBlock(new float[]{3, 4, 1, 1}, 2, new int[]{7, -1});
        final FeatureBlock second = new FeatureBlock(new float[]{0, 2}, 2, new int[]{1});

        final FeatureBlock joined = FeatureBlock.labelled(List.of(first, second));

        assertThat(joined.labels()).containsExactly(7, 1);
        assertThat(joined.rows()).containsExactly(0.6f, 0.8f, 0, 1);
    }

    @Test
    void featuresThatAreNotFiniteAreNamed() {
        assertThatThrownBy(() -> UnitRows.normalise(new float[]{1, 1, 1, Float.NaN}, 2))
                .isInstanceOf(ArithmeticException.class).hasMessageContaining("image 1");
    }

    private static void offer(NearestNeighbours neighbours, int firstRow, float... similarities) {
        neighbours.offer(FloatBuffer.wrap(similarities), 0, 1, firstRow, similarities.length);
    }

    private static IntStream rows(NearestNeighbours neighbours, int query) {
        return IntStream.range(0, neighbours.found(query)).map(rank -> neighbours.row(query, rank));
    }
}
