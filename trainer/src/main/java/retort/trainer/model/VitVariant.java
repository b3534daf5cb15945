package retort.trainer.model;

import retort.settings.SettingException;

/**
 * How a vision transformer differs from MAE's. Teachers of other makes have such differences; models that learn here have none.
 *
 * @param classToken whether there is a class token; without one every output token is a patch
 * @param extraTokens tokens beside class token and patches: registers, DeiT's distillation token. Their tensor is {@code reg_token}
 *     (1, extraTokens, D), to which their positions are added already
 * @param preNorm whether tokens are normalised by {@code norm_pre} before the first block, as in CLIP
 * @param qkNorm whether queries and keys are normalised head by head
 * @param layerScale whether each branch of a block is multiplied by a vector, {@code ls1.gamma} and {@code ls2.gamma}
 * @param mlp the MLP of a block
 * @param hidden width inside of the MLP
 * @param epsilon of every LayerNorm
 */
public record VitVariant(boolean classToken, int extraTokens, boolean preNorm, boolean qkNorm, boolean layerScale, Mlp mlp,
        int hidden, double epsilon) {
    /** Of every LayerNorm of MAE, DMAE, DeiT, DINO and timm's plain models. */
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
