package retort.evaluator.knn;

/**
 * The neighbours of every query, with the labels of both sides.
 *
 * @param neighbours the nearest bank rows of each query
 * @param queryLabels class of each query; shape (queries)
 * @param bankLabels class of each bank row; shape (bank rows)
 */
@SuppressWarnings("ArrayRecordComponent") // only carries data, never compared
public record Neighbourhood(NearestNeighbours neighbours, int[] queryLabels, int[] bankLabels) {
    public int queries() {
        return queryLabels.length;
    }

    /** The share of queries, 0 to 1, whose class is among the {@code best} first classes by the votes of {@code voters} neighbours. */
    public double accuracy(int best, int voters, int classes, double temperature) {
        int right = 0;
        for (int query = 0; query < queries(); query++)
            if (votes(query, voters, classes, temperature).rankOf(queryLabels[query]) < best)
                right++;
        return (double) right / queries();
    }

    /** The votes of the {@code voters} nearest neighbours of a query. */
    public ClassVotes votes(int query, int voters, int classes, double temperature) {
        return ClassVotes.of(neighbours, query, voters, bankLabels, classes, temperature);
    }
}
