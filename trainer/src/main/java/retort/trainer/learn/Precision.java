package retort.trainer.learn;

/** What matrix products are computed in. Weights, norms, residual stream and losses are float32 in both. */
public enum Precision {
    FLOAT32(6), BFLOAT16(15);

    private final int torchType;

    Precision(int torchType) {
        this.torchType = torchType;
    }

    /** PyTorch's number of the element type. */
    int torchType() {
        return torchType;
    }
}
