package retort.ingest.recipe;

import retort.ingest.decode.ByteBudget;
import retort.ingest.source.Sample;
import retort.settings.SettingException;

/** Turns samples into pixels. Called from several threads at once. */
@FunctionalInterface
public interface Recipe {
    /**
     * Writes the pixels of {@code sample} as it looks in {@code epoch}: uint8, (height, width, channels), row-major.
     *
     * @param target written from {@code offset} on, one image's bytes and no other; its content after a rejection is undefined
     * @throws RejectedImageException when the sample is no image, is cut, too large, or of the wrong size
     */
    void apply(Sample sample, long epoch, byte[] target, int offset) throws RejectedImageException;

    /**
     * @param budget what decoded images hold permits of until they are resized
     * @throws SettingException for a name that is unknown
     */
    static Recipe of(RecipeSettings settings, ByteBudget budget) {
        return switch (settings.name()) {
            case "none" -> new AsItIs(settings.image(), settings.image(), settings.channels());
            default -> throw new SettingException("ingest.recipe", settings.name(), "must be one of [none]");
        };
    }
}
