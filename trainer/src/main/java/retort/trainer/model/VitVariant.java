package retort.trainer.model;

import retort.settings.SettingException;

/**
 * Differences of a vision transformer from MAE's. Teachers from other projects have such differences; models that learn here have none.
 *
 * @param classToken true if there is a class token
 * @param extraTokens number of tokens beside class token and patches: registers, DeiT's distillation token. Their tensor is
 *     {@code reg_token} (1, extraTokens, D); it already contains their positions
 * @param preNorm true if {@code norm_pre} normalises the tokens before the first block, as in CLIP
 * @param qkNorm true if queries and keys are normalised head by head
 * @param layerScale true if each branch of a block is multiplied by a vector, {@code ls1.gamma} or {@code ls2.gamma}
 * @param mlp the MLP of a block
 * @param hidden width of the hidden layer of the MLP
 * @param epsilon epsilon of every LayerNorm
 */
public record VitVariant(boolean classToken, int extraTokens, boolean preNorm, boolean qkNorm, boolean layerScale, Mlp mlp,
        int hidden, double epsilon) {
    /** Epsilon of every LayerNorm of MAE, DMAE, DeiT, DINO and timm's plain models. */
    public static final double EPSILON = 1e-6;
    private static final int MLP_RATIO = 4;

    public VitVariant {
        if (extraTokens < 0 || hidden <= 0 || !(epsilon > 0) || epsilon >= 1)
            throw new SettingException(
                    "model: " + extraTokens + " extra tokens, an MLP of width " + hidden + " and an epsilon of "
                            + epsilon + " do not make a vision transformer");
    }

    /** MAE's encoder of {@code width}. */
    public static VitVariant plain(int width) {
        return new VitVariant(true, 0, false, false, false, Mlp.GELU, MLP_RATIO * width, EPSILON);
    }
}
