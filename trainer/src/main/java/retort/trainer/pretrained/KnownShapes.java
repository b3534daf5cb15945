package retort.trainer.pretrained;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Numbers of attention heads of published encoders. The tensors of q, k and v do not show them. */
final class KnownShapes {
    /** Heads by width/depth of the published models of timm, MAE, DINOv2 and CLIP. The patch size does not change the number. */
    private static final Map<String, Integer> HEADS = Map.ofEntries(
            Map.entry("192/12", 3), Map.entry("512/12", 8), Map.entry("512/20", 8), Map.entry("640/12", 10),
            Map.entry("768/12", 12),
            Map.entry("896/18", 14), Map.entry("1024/24", 16), Map.entry("1152/27", 16), Map.entry("1280/32", 16),
            Map.entry("1408/40", 16), Map.entry("1536/40", 24), Map.entry("1664/48", 16));
    /** Without a class token, timm has 12 and 16 heads at width 768, and 16 at 1536, where DINOv2 has 24. */
    private static final Set<String> TWO = Set.of("768/12", "1536/40");
    private static final String SMALL = "384/12";

    private KnownShapes() {
    }

    /**
     * The number of heads of a published encoder.
     *
     * @param moco true if the file is from MoCo-v3, whose small model has heads of width 32, unlike all others
     * @param plain true if the tensors could be those of MoCo-v3's small model
     * @param sigLip true if the tensors could be those of SigLIP: two of its shapes have other heads than models with a class token
     * @return empty if the number is not known
     */
    static OptionalInt heads(int width, int depth, int patch, boolean moco, boolean plain, boolean sigLip) {
        final String shape = width + "/" + depth;
        if (sigLip && TWO.contains(shape))
            return OptionalInt.empty();
        if (shape.equals(SMALL)) {
            if (moco)
                return OptionalInt.of(12);
            return plain && patch == 16 ? OptionalInt.empty() : OptionalInt.of(6);
        }
        final Integer heads = HEADS.get(shape);
        return heads == null ? OptionalInt.empty() : OptionalInt.of(heads);
    }
}
