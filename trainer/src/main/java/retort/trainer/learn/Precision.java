package retort.trainer.learn;

import java.util.Locale;

/** Element type of matrix products. Weights, norms, the residual stream and losses are float32 in both. */
public enum Precision {
    FLOAT32(6), BFLOAT16(15);

    private final int torchType;

    Precision(int torchType) {
        this.torchType = torchType;
    }

    /** The name in the settings. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** PyTorch's number of the element type. */
    int torchType() {
        return torchType;
    }
}
