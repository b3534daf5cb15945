package retort.trainer.model;

import java.util.Map;
import java.util.TreeMap;

/**
 * A vision transformer of square images. Its blocks normalise before attention and before the MLP.
 *
 * @param image side of an image, pixels
 * @param patch side of a patch, pixels
 * @param channels channels of an image
 * @param width width of a token, D
 * @param depth number of blocks
 * @param heads attention heads of a block
 * @param variant differences from MAE's encoder
 */
public record VitShape(int image, int patch, int channels, int width, int depth, int heads, VitVariant variant) {
    private record Preset(int patch, int width, int depth, int heads) {
    }

    private static final Map<String, Preset> PRESETS = new TreeMap<>(Map.of(
            "vit_tiny_patch16", new Preset(16, 192, 12, 3),
            "vit_small_patch16", new Preset(16, 384, 12, 6),
            "vit_base_patch16", new Preset(16, 768, 12, 12),
            "vit_large_patch16", new Preset(16, 1024, 24, 16),
            "vit_huge_patch14", new Preset(14, 1280, 32, 16)));

    public VitShape {
        require(image > 0 && patch > 0 && image % patch == 0, "image " + image + " is not a whole number of patches of " + patch);
        require(channels > 0, "channels must be positive, were " + channels);
        require(depth > 0, "depth must be positive, was " + depth);
        require(heads > 0 && width > 0 && width % heads == 0, "width " + width + " does not divide among " + heads + " heads");
        require(width % 4 == 0,
                "width " + width + " must be a multiple of 4: positions are sines and cosines of rows and columns");
    }

    /** The shape of an encoder without differences from MAE's. */
    public VitShape(int image, int patch, int channels, int width, int depth, int heads) {
        this(image, patch, channels, width, depth, heads, VitVariant.plain(width));
    }

    /**
     * A published shape.
     *
     * @param name timm's name without the image size, such as {@code vit_small_patch16}
     * @throws IllegalArgumentException if there is no such preset, or the image is not a whole number of patches
     */
    public static VitShape preset(String name, int image, int channels) {
        final Preset preset = PRESETS.get(name);
        if (preset == null)
            throw new IllegalArgumentException("no preset is called " + name + ": there are " + PRESETS.keySet()
                    + ", or give width, depth and heads");
        return new VitShape(image, preset.patch, channels, preset.width, preset.depth, preset.heads);
    }

    /** Patches along one side. */
    public int grid() {
        return image / patch;
    }

    /** Number of patches of an image, L. */
    public int patches() {
        return grid() * grid();
    }

    /** Number of values of one patch, P. */
    public int patchValues() {
        return patch * patch * channels;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds)
            throw new IllegalArgumentException(otherwise);
    }
}
