package retort.trainer.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * The kinds of MLP in a block. {@code dmae.py} tells them apart by the names of their layers, so no attribute of it names the kind.
 * {@link #toString} is the name in settings.
 */
public enum Mlp {
    /** Linear, exact (erf) GELU, linear, as in MAE. */
    GELU("gelu", "mlp.fc1", "mlp.fc2", 1),
    /** Linear, x * sigmoid(1.702 x), linear, as in OpenAI's CLIP and under CLIP's names. */
    QUICK_GELU("quick-gelu", "mlp.c_fc", "mlp.c_proj", 1),
    /** Linear, GELU by its tanh approximation, linear, as in SigLIP. */
    TANH_GELU("gelu-tanh", "mlp.lin1", "mlp.lin2", 1),
    /** A linear layer whose halves a and b give silu(a) * b, then a linear layer, as in the giant DINOv2 and under its names. */
    SWIGLU("swiglu", "mlp.w12", "mlp.w3", 2);

    private final String name;
    private final String first;
    private final String second;
    private final int halves;

    Mlp(String name, String first, String second, int halves) {
        this.name = name;
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

    /** The kind that settings call {@code name}; empty if there is none. */
    public static Optional<Mlp> named(String name) {
        return Arrays.stream(values()).filter(each -> each.name.equals(name)).findFirst();
    }

    @Override
    public String toString() {
        return name;
    }
}
