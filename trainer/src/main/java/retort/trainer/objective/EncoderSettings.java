package retort.trainer.objective;

import java.util.Set;
import retort.settings.Section;
import retort.trainer.model.VitShape;

/**
 * The settings of an encoder, without image side and channels, which come with the stream.
 *
 * @param width width of a token
 * @param depth number of blocks
 * @param heads attention heads of a block
 * @param patch side of a patch, in pixels
 */
public record EncoderSettings(int width, int depth, int heads, int patch) {
    /** A side that divides into the patches of every preset. */
    private static final int ANY_IMAGE = 224;

    /** @throws IllegalArgumentException if the image is not a whole number of patches */
    public VitShape shape(int image, int channels) {
        return new VitShape(image, patch, channels, width, depth, heads);
    }

    /**
     * Reads the name of a preset, or an object {@code {width, depth, heads, patch}}.
     *
     * @throws retort.settings.SettingException if the value is neither, or its numbers do not fit together; the message has the key
     */
    public static EncoderSettings of(Section section, String key) {
        return of(section, key, Set.of());
    }

    /**
     * As {@link #of(Section, String)}, for an object that may have more keys.
     *
     * @param others keys that the caller reads
     */
    static EncoderSettings of(Section section, String key, Set<String> others) {
        if (section.isSection(key))
            return of(section.section(key).only(RunKeys.union(Set.of("width", "depth", "heads", "patch"), others)));
        try {
            final VitShape preset = VitShape.preset(section.string(key), ANY_IMAGE, 3);
            return new EncoderSettings(preset.width(), preset.depth(), preset.heads(), preset.patch());
        } catch (IllegalArgumentException e) {
            throw section.error(key, section.string(key), String.valueOf(e.getMessage()));
        }
    }

    private static EncoderSettings of(Section shape) {
        final EncoderSettings encoder = new EncoderSettings(shape.integer("width", 4, 1 << 14), shape.integer("depth", 1, 256),
                shape.integer("heads", 1, 256), shape.integer("patch", 1, 256));
        try {
            encoder.shape(encoder.patch, 3);
            return encoder;
        } catch (IllegalArgumentException e) {
            throw shape.error("width", encoder.width, String.valueOf(e.getMessage()));
        }
    }
}
