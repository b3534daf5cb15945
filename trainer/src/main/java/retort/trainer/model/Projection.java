package retort.trainer.model;

/** Head that maps the features of the student to the width of the teacher before they are compared. */
public enum Projection {
    /** One linear layer. */
    FC("fc"),
    /** One linear layer without a bias. */
    LINEAR("linear"),
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

    /** Operations of one head in the forward pass, as {@link Operations} counts them. */
    public long operations(long tokens, int from, int to) {
        return switch (this) {
            case FC, LINEAR -> Operations.linear(tokens, from, to);
            case MLP -> Operations.linear(tokens, from, to) + Operations.linear(tokens, to, to);
            case MLP2 -> Operations.linear(tokens, from, to) + 3 * Operations.linear(tokens, to, to);
            case NONE -> 0;
        };
    }

    /** The name in settings and in the program. */
    @Override
    public String toString() {
        return name;
    }
}
