package retort.trainer.pretrained;

import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import retort.trainer.model.Mlp;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.WeightsException;

/**
 * Refuses tensors that fit two published architectures of which one has a part that no tensor shows: rotary positions, blocks that
 * normalise after attention, or another activation. Any thread.
 */
final class Lookalikes {
    private static final String WAY = ": put a config.json beside the file with timm's name of the architecture and the width, such as"
            + " {\"architecture\": \"%s\", \"num_features\": %d}";
    /** Width/depth of the encoders of SigLIP. Some of them have the exact GELU in timm and others the approximate one. */
    private static final Set<String> SIGLIP = Set.of("768/12", "1024/24", "1152/27", "1536/40");
    /** Patches along a side of the images of Meta's Perception Encoders. No published CLIP has as many. */
    private static final int PERCEPTION_GRID = 32;

    private Lookalikes() {
    }

    /**
     * @param file tensors under timm's names, before {@link Canonical} has changed them
     * @param ready the same tensors after that
     * @throws WeightsException that names the tensor, the architectures, and the way out
     */
    static void refuse(Map<String, HostTensor> file, Map<String, HostTensor> ready, int width) {
        final int depth = Canonical.depth(ready);
        final boolean classToken = ready.containsKey("cls_token");
        final boolean swiglu = ready.containsKey("blocks.0.mlp.w12.weight");
        final boolean joinedBias = file.containsKey("blocks.0.attn.q_bias");
        final boolean gamma = any(file, name -> name.matches("blocks\\.0\\.gamma_[12]"));
        if (joinedBias && swiglu)
            throw new WeightsException(
                    "it has blocks.0.attn.q_bias beside a SwiGLU, as EVA-02 has, whose rotary positions no tensor"
                            + " holds: rotary positions are not supported");
        if (joinedBias && width == 1792)
            throw new WeightsException(
                    "it has blocks.0.attn.q_bias and the width 1792 of EVA-02's enormous CLIP, whose blocks normalise"
                            + " after attention and MLP: these are not supported");
        if (gamma && ready.containsKey("norm_pre.weight"))
            throw new WeightsException(
                    "it has blocks.0.gamma_1 and norm_pre.weight, as Meta's Perception Encoders have, whose rotary"
                            + " positions no tensor holds: rotary positions are not supported");
        if (gamma && !joinedBias && classToken && !hasRowOfClassToken(file))
            throw new WeightsException(
                    "it has blocks.0.gamma_1, and its pos_embed has no row for the class token: a DeiT-III or a"
                            + " vit_*_rope_ape, whose rotary positions no tensor holds"
                            + WAY.formatted("deit3_base_patch16_224", width));
        if (!classToken && !swiglu && !file.containsKey("blocks.0.attn.qkv.bias") && !file.containsKey("reg_token")
                && !ready.containsKey("blocks.0.ls1.gamma") && file.containsKey("blocks.0.attn.qkv.weight"))
            throw new WeightsException(
                    "it has neither cls_token nor blocks.0.attn.qkv.bias, like vit_base_patch16_rpn_224, whose blocks"
                            + " normalise after attention and MLP" + WAY.formatted(TimmArchitectures.PLAIN, width)
                            + " for blocks that normalise before");
        if (ready.containsKey("norm_pre.weight") && rows(ready) == 1 + PERCEPTION_GRID * PERCEPTION_GRID)
            throw new WeightsException("it has norm_pre.weight and a pos_embed of " + PERCEPTION_GRID + "x" + PERCEPTION_GRID
                    + " patches, as Meta's Perception Encoders have, whose rotary positions no tensor holds"
                    + WAY.formatted("vit_base_patch16_clip_224", width) + " if it is a CLIP");
        if (depth == 0)
            throw new WeightsException("it has no blocks.0.norm1.weight: these are not the weights of a Vision Transformer");
    }

    /** True if the tensors may be those of a SigLIP, so that the activation and the number of heads must be asked for. */
    static boolean maybeSigLip(Map<String, HostTensor> ready, int width) {
        return !ready.containsKey("cls_token") && !ready.containsKey("reg_token") && !ready.containsKey("blocks.0.ls1.gamma")
                && ready.containsKey("blocks.0." + Mlp.GELU.first() + ".weight")
                && SIGLIP.contains(width + "/" + Canonical.depth(ready));
    }

    private static boolean hasRowOfClassToken(Map<String, HostTensor> file) {
        final long rows = rows(file);
        final long side = Math.round(Math.sqrt((double) rows));
        return side * side != rows;
    }

    private static long rows(Map<String, HostTensor> tensors) {
        final HostTensor table = tensors.get("pos_embed");
        return table == null || table.shape().length < 2 ? 0 : table.shape()[table.shape().length - 2];
    }

    private static boolean any(Map<String, HostTensor> tensors, Predicate<String> name) {
        return tensors.keySet().stream().anyMatch(name);
    }
}
