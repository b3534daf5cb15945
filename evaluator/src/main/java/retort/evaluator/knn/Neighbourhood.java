package retort.evaluator.knn;

/**
 * The neighbours of every query, with the labels of both sides.
 *
 * @param queryLabels class of each query
 * @param bankLabels class of each bank row
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record Neighbourhood(NearestNeighbours neighbours, int[] queryLabels, int[] bankLabels) {
    public int queries() {
        return queryLabels.length;
    }

    /** Share of the queries, 0 to 1, whose own class is among the {@code best} first by votes. */
    public double accuracy(int best, int classes, double temperature) {
        int right = 0;
        for (int query = 0; query < queries(); query++)
            if (votes(query, classes, temperature).rankOf(queryLabels[query]) < best)
                right++;
        return (double) right / queries();
    }

    /** The votes of one query's neighbours. */
    public ClassVotes votes(int query, int classes, double temperature) {
        return ClassVotes.of(neighbours, query, bankLabels, classes, temperature);
    }
}
