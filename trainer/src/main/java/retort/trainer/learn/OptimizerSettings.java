package retort.trainer.learn;

/**
 * Settings of AdamW as PyTorch defines it, with an eps of 1e-8.
 *
 * @param schedule learning rate of each step, before it is scaled for a layer
 * @param beta1 decay rate of the first moment, 0 up to 1
 * @param beta2 decay rate of the second moment, 0 up to 1
 * @param weightDecay decoupled weight decay of every tensor except biases and 1-D tensors
 * @param decaysTokens true if class token, mask token and a trained position table decay too. MAE's and DMAE's code decays the two
 *     tokens in pre-training; today's timm does not
 * @param layerDecay factor of the learning rate from one block to the block before it, for fine-tuning; 1 for the same rate everywhere
 * @param clip largest global norm of the gradient; 0 for no limit
 * @param microBatches number of parts of a batch that are computed one after another to save memory. Their gradients are added up, so
 *     the step is the same
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

    /** The settings that MAE and DMAE pre-train with: betas 0.9 and 0.95, decay 0.05, no clipping. */
    public static OptimizerSettings pretraining(LrSchedule schedule) {
        return new OptimizerSettings(schedule, 0.9, 0.95, 0.05, true, 1, 0, 1);
    }

    /** The same settings with another schedule. */
    public OptimizerSettings with(LrSchedule other) {
        return new OptimizerSettings(other, beta1, beta2, weightDecay, decaysTokens, layerDecay, clip, microBatches);
    }

    /** These settings with another number of micro-batches. */
    public OptimizerSettings withMicroBatches(int parts) {
        return new OptimizerSettings(schedule, beta1, beta2, weightDecay, decaysTokens, layerDecay, clip, parts);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds)
            throw new IllegalArgumentException("optimiser: " + otherwise);
    }
}
