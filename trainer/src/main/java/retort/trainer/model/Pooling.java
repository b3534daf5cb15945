package retort.trainer.model;

/** How an image's tokens become one vector. */
public enum Pooling {
    /** The mean of the patch tokens. */
    MEAN("mean"),
    /** The class token. */
    CLASS("class");

    private final String name;

    Pooling(String name) {
        this.name = name;
    }

    /** As settings and the program spell it. */
    @Override
    public String toString() {
        return name;
    }
}
