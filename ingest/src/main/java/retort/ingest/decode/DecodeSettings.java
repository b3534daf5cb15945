package retort.ingest.decode;

import java.util.Locale;
import java.util.Set;
import retort.settings.Section;

/**
 * {@code ingest.decode}.
 *
 * @param library which decoder reads JPEGs
 * @param fast true if a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, with cheaper arithmetic: pixels differ
 * @param maxPixels images with more are refused before they are decoded
 */
public record DecodeSettings(Library library, boolean fast, long maxPixels) {
    public enum Library {
        /** libjpeg-turbo where it is found, ImageIO elsewhere. */
        AUTO, TURBOJPEG, IMAGEIO
    }

    /** Returns true if the machine has libwebp. Without it very large WebP images are rejected. */
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
