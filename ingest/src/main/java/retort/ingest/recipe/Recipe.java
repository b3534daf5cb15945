package retort.ingest.recipe;

import java.util.Optional;
import retort.ingest.budget.ByteBudget;
import retort.ingest.decode.RejectedImageException;
import retort.ingest.source.Sample;
import retort.settings.SettingException;

/**
 * Turns samples into pixels. The result depends on (seed, epoch, sample) alone, never on the thread or on what came before.
 * Called from several threads at once; each borrows a workspace that the recipe keeps for the next call. Whoever makes a
 * recipe closes it, after the last call has returned.
 */
@FunctionalInterface
public interface Recipe extends AutoCloseable {
    /**
     * Writes the pixels of {@code sample} as it looks in {@code epoch}: uint8, (height, width, channels), row-major.
     *
     * @param target written from {@code offset} on, one image's bytes and no other; its content after a rejection is undefined
     * @throws RejectedImageException when the sample is no image, is cut, too large, or of the wrong size
     */
    void apply(Sample sample, long epoch, byte[] target, int offset) throws RejectedImageException;

    /** Frees buffers and native handles. */
    @Override
    default void close() {
    }

    /**
     * @param budget grants permits for decoded images, which are held until the images are resized
     * @throws SettingException for a name that is unknown, or a decoder that this machine lacks
     */
    static Recipe of(RecipeSettings settings, ByteBudget budget) {
        final Workspaces workspaces = new Workspaces(settings, budget);
        return switch (settings.name()) {
            case "none" -> new AsItIs(settings.image(), settings.channels(), workspaces);
            case "pretrain" -> new CutRecipe(settings.pretrain().geometry(settings.image()), Optional.empty(), settings,
                    workspaces);
            case "finetune" -> new CutRecipe(settings.finetune().geometry(settings.image()), settings.randAugment(), settings,
                    workspaces);
            case "eval" -> new CutRecipe(new CentreCrop(settings.image(), settings.shortEdge()), Optional.empty(), settings,
                    workspaces);
            default -> throw new SettingException("ingest.recipe", settings.name(),
                    "must be one of [none, pretrain, finetune, eval]");
        };
    }
}
