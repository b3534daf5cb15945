package retort.trainer.objective;

/** Distance between features of student and teacher: a mean over all elements, for {@link #COSINE} a mean over all tokens. */
public enum Distance {
    L1("l1"), L2("l2"), SMOOTH_L1("smooth-l1"), COSINE("cosine");

    private final String name;

    Distance(String name) {
        this.name = name;
    }

    /** As settings and the program spell it. */
    @Override
    public String toString() {
        return name;
    }
}
