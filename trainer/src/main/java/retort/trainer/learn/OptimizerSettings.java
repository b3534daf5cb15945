package retort.trainer.learn;

/**
 * AdamW as PyTorch defines it, eps 1e-8.
 *
 * @param weightDecay of every tensor but 1-D ones and biases
 * @param decaysTokens whether class and mask token decay too, as in MAE's and DMAE's code; today's timm spares them. A fine-tuned
 *     class token and position table never decay
 * @param layerDecay factor of the learning rate from one block to the one before it, fine-tuning only; 1: none
 * @param clip largest global norm of the gradient; 0: any
 * @param microBatches parts that a batch is computed in, their gradients added up: less memory, the same step
 */
public record OptimizerSettings(LrSchedule schedule, double beta1, double beta2, double weightDecay, boolean decaysTokens,
        double layerDecay, double clip, int microBatches) {
    public OptimizerSettings {
        require(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1, "betas must be 0 to 1, were " + beta1 + " and " + beta2);
        require(weightDecay >= 0, "weight decay must not be negative, was " + weightDecay);
        require(layerDecay > 0 && layerDecay <= 1, "layer decay must be above 0 and at most 1, was " + layerDecay);
        require(clip >= 0, "clip must not be negative, was " + clip);
        require(microBatches > 0, "micro-batches must be positive, were " + microBatches);
    }

    /** What MAE and DMAE pre-train with: betas 0.9 and 0.95, decay 0.05, no clipping. */
    public static OptimizerSettings pretraining(LrSchedule schedule) {
        return new OptimizerSettings(schedule, 0.9, 0.95, 0.05, true, 1, 0, 1);
    }

    /** What they fine-tune with: betas 0.9 and 0.999, decay 0.05, layer decay 0.75. */
    public static OptimizerSettings finetuning(LrSchedule schedule) {
        return new OptimizerSettings(schedule, 0.9, 0.999, 0.05, true, 0.75, 0, 1);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds)
            throw new IllegalArgumentException("optimiser: " + otherwise);
    }
}
