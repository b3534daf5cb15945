package retort.ingest.recipe;

import retort.ingest.budget.ByteBudget;
import retort.ingest.decode.Decoder;
import retort.ingest.recipe.augment.Canvas;
import retort.ingest.recipe.resample.Resampler;

/**
 * The decoder, the resampler and the buffers that one thread uses while it applies a recipe. Owned by {@link Workspaces}, borrowed by one
 * thread at a time.
 */
final class Workspace implements AutoCloseable {
    final Decoder decoder;
    final Resampler resampler;
    final Canvas canvas;
    private byte[] grey = new byte[0];

    Workspace(RecipeSettings settings, ByteBudget budget) {
        decoder = new Decoder(settings.decode(), budget);
        resampler = new Resampler(settings.filter());
        canvas = new Canvas(settings.image(), settings.channels(), settings.fill());
    }

    /** At least {@code length} bytes of scratch for a one-channel result. */
    byte[] grey(int length) {
        if (grey.length < length)
            grey = new byte[length];
        return grey;
    }

    @Override
    public void close() {
        decoder.close();
    }
}
