package retort.trainer.objective;

/** Distance between relations of student and teacher. */
public enum RelationDistance {
    /** Mean squared difference of the scaled products. */
    SCORES_L2("scores-l2"),
    /** Mean squared difference of their softmax. */
    SOFTMAX_L2("softmax-l2"),
    /** Kullback-Leibler divergence of the student's softmax from the teacher's, the mean over heads and tokens. */
    KL("kl");

    private final String name;

    RelationDistance(String name) {
        this.name = name;
    }

    /** The name in settings and in the program. */
    @Override
    public String toString() {
        return name;
    }
}
