package retort.trainer.model;

/** The kinds of MLP in a block. {@code dmae.py} tells them apart by the names of their layers, so no attribute of it names the kind. */
public enum Mlp {
    /** Linear, exact (erf) GELU, linear, as in MAE. */
    GELU("mlp.fc1", "mlp.fc2", 1),
    /** Linear, x * sigmoid(1.702 x), linear, as in OpenAI's CLIP and under CLIP's names. */
    QUICK_GELU("mlp.c_fc", "mlp.c_proj", 1),
    /** A linear layer whose halves a and b give silu(a) * b, then a linear layer, as in the giant DINOv2 and under its names. */
    SWIGLU("mlp.w12", "mlp.w3", 2);

    private final String first;
    private final String second;
    private final int halves;

    Mlp(String first, String second, int halves) {
        this.first = first;
        this.second = second;
        this.halves = halves;
    }

    /** Name of the first linear layer within a block. */
    public String first() {
        return first;
    }

    /** Name of the second linear layer within a block. */
    public String second() {
        return second;
    }

    /** Outputs of the first layer for each input of the second. */
    public int halves() {
        return halves;
    }
}
