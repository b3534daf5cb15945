package retort.trainer.model;

/** Head that maps the features of the student to the width of the teacher before they are compared. */
public enum Projection {
    /** One linear layer. */
    FC("fc"),
    /** Linear, GELU, linear; the hidden layer has the teacher's width. */
    MLP("mlp"),
    /** Two of those, one after the other. */
    MLP2("mlp2"),
    /** Nothing: both have the same width. */
    NONE("none");

    private final String name;

    Projection(String name) {
        this.name = name;
    }

    /** As settings and the program spell it. */
    @Override
    public String toString() {
        return name;
    }
}
