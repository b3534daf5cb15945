package retort.ingest.decode;

import java.util.Locale;
import java.util.Set;
import retort.settings.Section;

/**
 * The settings under {@code ingest.decode}.
 *
 * @param library the decoder of JPEG and WebP images
 * @param fast true if a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size with cheaper arithmetic, which changes its pixels
 * @param maxPixels images with more pixels are rejected before they are decoded
 */
public record DecodeSettings(Library library, boolean fast, long maxPixels) {
    public enum Library {
        /** libjpeg-turbo if the machine has it, ImageIO otherwise. */
        AUTO, TURBOJPEG, IMAGEIO
    }

    /** True if the machine has libwebp. Without it very large WebP images are rejected. */
    public static boolean hasWebpLibrary() {
        return LibWebp.find().isPresent();
    }

    public static DecodeSettings from(Section decode) {
        return new DecodeSettings(
                Library.valueOf(decode.oneOf("library", Set.of("auto", "turbojpeg", "imageio")).toUpperCase(Locale.ROOT)),
                decode.bool("fast"),
                decode.number("max-pixels", 1, 1 << 29));
    }
}
