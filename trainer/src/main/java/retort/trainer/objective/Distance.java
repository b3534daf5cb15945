package retort.trainer.objective;

/** Distance between features of student and teacher, of each channel of a token, or of whole tokens for {@link #COSINE}. */
public enum Distance {
    L1("l1"), L2("l2"), SMOOTH_L1("smooth-l1"), COSINE("cosine");

    private final String name;

    Distance(String name) {
        this.name = name;
    }

    /** The name in settings and in the program. */
    @Override
    public String toString() {
        return name;
    }
}
