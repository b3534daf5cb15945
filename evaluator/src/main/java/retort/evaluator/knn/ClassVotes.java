package retort.evaluator.knn;

/**
 * What the neighbours of one query say about its class: each votes {@code exp(similarity / temperature)} for its own. Classes
 * are ordered by score, equal scores by the lower class index, so classes without a vote come last, in the order of their index.
 */
public final class ClassVotes {
    private final double[] scores;

    private ClassVotes(double[] scores) {
        this.scores = scores;
    }

    /** @param labels class of each bank row, 0 to classes - 1 */
    public static ClassVotes of(NearestNeighbours neighbours, int query, int[] labels, int classes, double temperature) {
        final double[] scores = new double[classes];
        for (int rank = 0; rank < neighbours.found(query); rank++)
            scores[labels[neighbours.row(query, rank)]] += Math.exp(neighbours.similarity(query, rank) / temperature);
        return new ClassVotes(scores);
    }

    /** Sum of the votes for a class. */
    public double score(int label) {
        return scores[label];
    }

    /** Place of a class in the order, 0 for the predicted one. */
    public int rankOf(int label) {
        int ahead = 0;
        for (int other = 0; other < scores.length; other++)
            if (scores[other] > scores[label] || scores[other] == scores[label] && other < label)
                ahead++;
        return ahead;
    }
}
