package retort.ingest.recipe;

import retort.settings.Section;

/**
 * What decides a stream's pixels beside its samples.
 *
 * @param name of the recipe
 * @param seed of every draw
 * @param image side of the square output, in pixels
 * @param channels 1 (grey) or 3 (RGB)
 */
public record RecipeSettings(String name, long seed, int image, int channels) {
    /** @param ingest the section {@code ingest} */
    public static RecipeSettings from(Section ingest, String name, long seed) {
        final int channels = ingest.integer("channels", 1, 3);
        if (channels == 2)
            throw ingest.error("channels", channels, "must be 1 (grey) or 3 (RGB)");
        return new RecipeSettings(name, seed, ingest.integer("image", 1, 4096), channels);
    }

    /** Bytes of one image of the stream. */
    public int imageBytes() {
        return image * image * channels;
    }
}
