package retort.evaluator.knn;

/**
 * The votes of one query's neighbours about its class. Each neighbour adds {@code exp(similarity / temperature)} to the score of its own
 * class. Classes are ranked by score, and equal scores by class index, so classes without a vote come last in the order of their index.
 */
public final class ClassVotes {
    private final double[] scores;

    private ClassVotes(double[] scores) {
        this.scores = scores;
    }

    /**
     * Counts the votes.
     *
     * @param query row of the query in {@code neighbours}
     * @param voters number of nearest neighbours that vote; if fewer were found, all of them vote
     * @param labels class of each bank row, 0 to classes - 1
     */
    public static ClassVotes of(NearestNeighbours neighbours, int query, int voters, int[] labels, int classes,
            double temperature) {
        final double[] scores = new double[classes];
        for (int rank = 0; rank < Math.min(voters, neighbours.found(query)); rank++)
            scores[labels[neighbours.row(query, rank)]] += Math.exp(neighbours.similarity(query, rank) / temperature);
        return new ClassVotes(scores);
    }

    /** The sum of the votes for a class. */
    public double score(int label) {
        return scores[label];
    }

    /** The rank of a class. Rank 0 is the predicted class. */
    public int rankOf(int label) {
        int ahead = 0;
        for (int other = 0; other < scores.length; other++)
            if (scores[other] > scores[label] || scores[other] == scores[label] && other < label)
                ahead++;
        return ahead;
    }
}
