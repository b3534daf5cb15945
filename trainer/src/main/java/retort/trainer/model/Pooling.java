package retort.trainer.model;

/** Reduction of the tokens of an image to one vector. */
public enum Pooling {
    /** The mean of the patch tokens. */
    MEAN("avg"),
    /** The class token. */
    CLASS("token");

    private final String name;

    Pooling(String name) {
        this.name = name;
    }

    /** The one that is spelt so. @throws IllegalArgumentException where none is */
    public static Pooling named(String name) {
        for (final Pooling pooling : values())
            if (pooling.name.equals(name))
                return pooling;
        throw new IllegalArgumentException("no pooling is called \"" + name + "\": there are avg and token");
    }

    /** As settings, events, the program and timm spell it. */
    @Override
    public String toString() {
        return name;
    }
}
