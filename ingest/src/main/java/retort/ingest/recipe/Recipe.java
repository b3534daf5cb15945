package retort.ingest.recipe;

import java.util.Optional;
import retort.ingest.budget.ByteBudget;
import retort.ingest.decode.RejectedImageException;
import retort.ingest.source.Sample;
import retort.settings.SettingException;

/**
 * Turns samples into pixels. The result depends on (seed, epoch, sample) alone, and not on the thread or on earlier calls. Several threads
 * call a recipe at once. Each call borrows a workspace, which the recipe keeps for the next call. The owner of a recipe closes it after the
 * last call has returned.
 */
@FunctionalInterface
public interface Recipe extends AutoCloseable {
    /**
     * Writes the pixels of {@code sample} as it looks in {@code epoch}: uint8, (height, width, channels), row-major.
     *
     * @param target receives the bytes of one image from {@code offset} on; their content is undefined after a rejection
     * @throws RejectedImageException if the sample is no image, is cut, is too large, or has the wrong size
     */
    void apply(Sample sample, long epoch, byte[] target, int offset) throws RejectedImageException;

    /** Frees buffers and native handles. */
    @Override
    default void close() {
    }

    /**
     * Creates the recipe that the settings name. The caller closes it.
     *
     * @param budget grants the permits that decoded images hold until they are resized
     * @throws SettingException if the name is unknown, or the machine lacks the decoder
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
