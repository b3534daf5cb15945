package retort.trainer.settings;

import java.util.Set;
import retort.settings.Section;
import retort.settings.SettingException;
import retort.trainer.model.VitShape;

/**
 * An encoder but for what comes with the stream (image side, channels).
 *
 * @param width of its tokens
 * @param depth blocks
 * @param heads attention heads
 * @param patch side of a patch, pixels
 */
public record EncoderSettings(int width, int depth, int heads, int patch) {
    /** Divides into the patches of every preset. */
    private static final int ANY_IMAGE = 224;

    public VitShape shape(int image, int channels) {
        return new VitShape(image, patch, channels, width, depth, heads);
    }

    /** A preset's name or an object under {@code key}. */
    static EncoderSettings of(Section section, String key) {
        if (section.isSection(key))
            return of(section.section(key).only(Set.of("width", "depth", "heads", "patch")));
        try {
            final VitShape preset = VitShape.preset(section.string(key), ANY_IMAGE, 3);
            return new EncoderSettings(preset.width(), preset.depth(), preset.heads(), preset.patch());
        } catch (SettingException e) {
            throw section.error(key, section.string(key), String.valueOf(e.getMessage()));
        }
    }

    private static EncoderSettings of(Section shape) {
        final EncoderSettings encoder = new EncoderSettings(shape.integer("width", 4, 1 << 14), shape.integer("depth", 1, 256),
                shape.integer("heads", 1, 256), shape.integer("patch", 1, 256));
        try {
            encoder.shape(encoder.patch, 3);
            return encoder;
        } catch (SettingException e) { // what a shape refuses is refused at the start
            throw shape.error("width", encoder.width, String.valueOf(e.getMessage()));
        }
    }
}
