package retort.ingest.recipe;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import retort.ingest.decode.DecodeSettings;
import retort.ingest.recipe.augment.RandAugment;
import retort.ingest.recipe.resample.Filter;
import retort.settings.Section;

/**
 * The settings that decide a stream's pixels, beside its samples.
 *
 * @param name name of the recipe
 * @param seed seed of every random draw
 * @param image side of the square output, in pixels
 * @param channels 1 (grey) or 3 (RGB)
 * @param randAugment policy of recipe {@code finetune}
 * @param fill red, green and blue, 0 to 255, that its transforms take outside the image
 * @param shortEdge length to which recipe {@code eval} resizes the short edge, in pixels, at least {@code image}
 */
public record RecipeSettings(String name, long seed, int image, int channels, DecodeSettings decode, Filter filter,
        Crop pretrain, Crop finetune, Optional<RandAugment> randAugment, List<Integer> fill, int shortEdge) {
    public record Range(double low, double high) {
    }

    /**
     * A random resized crop and a flip.
     *
     * @param scale range of the share of the image's area
     * @param ratio range of width over height
     * @param flip probability of a flip left to right
     */
    public record Crop(Range scale, Range ratio, double flip) {
        private static Crop from(Section crop) {
            return new Crop(range(crop, "scale", 1), range(crop, "ratio", 1000), crop.real("flip", 0, 1));
        }

        RandomResizedCrop geometry(int image) {
            return new RandomResizedCrop(image, scale, ratio, flip);
        }
    }

    public RecipeSettings {
        fill = List.copyOf(fill);
    }

    /** @param ingest the section {@code ingest} */
    public static RecipeSettings from(Section ingest, String name, long seed) {
        final int channels = ingest.integer("channels", 1, 3);
        if (channels == 2)
            throw ingest.error("channels", channels, "must be 1 (grey) or 3 (RGB)");
        final int image = ingest.integer("image", 1, 4096);
        final Section recipe = ingest.section("recipe");
        return new RecipeSettings(name, seed, image, channels,
                DecodeSettings.from(ingest.section("decode")),
                Filter.valueOf(recipe.oneOf("interpolation", Set.of("bicubic", "bilinear")).toUpperCase(Locale.ROOT)),
                Crop.from(recipe.section("pretrain")),
                Crop.from(recipe.section("finetune")),
                recipe.optionalString("finetune.rand-augment").map(policy -> randAugment(recipe, policy)),
                fill(recipe),
                shortEdge(recipe, image));
    }

    /** Bytes of one image of the stream. */
    public int imageBytes() {
        return image * image * channels;
    }

    /**
     * The length of the short edge, truncated to whole pixels. The crop ratio is 224/256 for images of up to 224 pixels and 1 for larger
     * ones, as in MAE, unless the settings give a ratio.
     */
    private static int shortEdge(Section recipe, int image) {
        if (recipe.string("eval.crop-ratio").equals("auto"))
            return image <= 224 ? (int) (image / 0.875) : image;
        return (int) (image / recipe.real("eval.crop-ratio", 0.01, 1));
    }

    private static RandAugment randAugment(Section recipe, String policy) {
        try {
            return RandAugment.parse(policy);
        } catch (IllegalArgumentException e) {
            throw recipe.error("finetune.rand-augment", policy, String.valueOf(e.getMessage()));
        }
    }

    private static List<Integer> fill(Section recipe) {
        final List<Integer> fill = recipe.integers("finetune.fill");
        if (fill.size() != 3 || fill.stream().anyMatch(v -> v < 0 || v > 255))
            throw recipe.error("finetune.fill", fill, "must be three numbers (red, green, blue) from 0 to 255");
        return fill;
    }

    private static Range range(Section section, String key, double max) {
        final List<Double> bounds = section.reals(key);
        if (bounds.size() != 2 || !(bounds.get(0) > 0 && bounds.get(0) <= bounds.get(1) && bounds.get(1) <= max))
            throw section.error(key, bounds, "must be [low, high] with 0 < low <= high <= " + max);
        return new Range(bounds.get(0), bounds.get(1));
    }
}
