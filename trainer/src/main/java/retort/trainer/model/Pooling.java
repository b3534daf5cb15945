package retort.trainer.model;

/** How an image's tokens become one vector. */
public enum Pooling {
    /** The mean of the patch tokens. */
    MEAN("avg"),
    /** The class token. */
    CLASS("token");

    private final String name;

    Pooling(String name) {
        this.name = name;
    }

    /** As settings, events, the program and timm spell it. */
    @Override
    public String toString() {
        return name;
    }
}
