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

    /**
     * The pooling that settings call {@code name}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Pooling named(String name) {
        for (final Pooling pooling : values())
            if (pooling.name.equals(name))
                return pooling;
        throw new IllegalArgumentException("no pooling is called \"" + name + "\": there are avg and token");
    }

    /** The name in settings, in events, in the program and in timm. */
    @Override
    public String toString() {
        return name;
    }
}
