package retort.trainer.pretrained;

import java.util.Map;
import java.util.OptionalInt;

/** Numbers of attention heads of published encoders. The tensors of q, k and v do not show them. */
final class KnownShapes {
    /** width/depth of timm's, MAE's, DINOv2's and CLIP's published models. Each has one number of heads, whatever its patch. */
    private static final Map<String, Integer> HEADS = Map.ofEntries(
            Map.entry("192/12", 3), Map.entry("512/12", 8), Map.entry("512/20", 8), Map.entry("640/12", 10),
            Map.entry("768/12", 12),
            Map.entry("896/18", 14), Map.entry("1024/24", 16), Map.entry("1152/27", 16), Map.entry("1280/32", 16),
            Map.entry("1408/40", 16), Map.entry("1536/40", 24), Map.entry("1664/48", 16));
    private static final String SMALL = "384/12";

    private KnownShapes() {
    }

    /**
     * @param moco whether the file is one of MoCo-v3: its small model has heads of 32, unlike all others
     * @param plain whether nothing but MoCo-v3's small model could have these tensors
     * @return empty where it is not known
     */
    static OptionalInt heads(int width, int depth, int patch, boolean moco, boolean plain) {
        final String shape = width + "/" + depth;
        if (shape.equals(SMALL)) {
            if (moco)
                return OptionalInt.of(12);
            return plain && patch == 16 ? OptionalInt.empty() : OptionalInt.of(6);
        }
        final Integer heads = HEADS.get(shape);
        return heads == null ? OptionalInt.empty() : OptionalInt.of(heads);
    }
}
