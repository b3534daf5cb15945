package retort.trainer.model;

/** Head that maps the features of the student to the width of the teacher before they are compared. */
public enum Projection {
    /** One linear layer. */
    FC("fc"),
    /** Linear, GELU, linear; the hidden layer has the teacher's width. */
    MLP("mlp"),
    /** Two heads of kind {@link #MLP}, one after the other. */
    MLP2("mlp2"),
    /** No head, because student and teacher have the same width. */
    NONE("none");

    private final String name;

    Projection(String name) {
        this.name = name;
    }

    /** The name in settings and in the program. */
    @Override
    public String toString() {
        return name;
    }
}
