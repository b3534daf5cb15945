package retort.ingest.recipe;

import java.util.Optional;
import retort.ingest.decode.ArrayRows;
import retort.ingest.decode.Decoded;
import retort.ingest.decode.ImageHeader;
import retort.ingest.decode.PixelRows;
import retort.ingest.decode.Region;
import retort.ingest.decode.RejectedImageException;
import retort.ingest.recipe.augment.Canvas;
import retort.ingest.recipe.augment.RandAugment;
import retort.ingest.recipe.resample.Filter;
import retort.ingest.source.Sample;
import retort.random.CounterRandom;

/** The recipes that cut, resize and flip by a geometry. The recipe {@code finetune} also augments the result. */
final class CutRecipe implements Recipe {
    private final Geometry geometry;
    private final Optional<RandAugment> augment;
    private final Filter filter;
    private final int channels;
    private final long seed;
    private final Workspaces workspaces;

    CutRecipe(Geometry geometry, Optional<RandAugment> augment, RecipeSettings settings, Workspaces workspaces) {
        this.geometry = geometry;
        this.augment = augment;
        this.filter = settings.filter();
        this.channels = settings.channels();
        this.seed = settings.seed();
        this.workspaces = workspaces;
    }

    @Override
    public void apply(Sample sample, long epoch, byte[] target, int offset) throws RejectedImageException {
        final CounterRandom random = CounterRandom.of(seed, "crop", epoch, sample.id());
        final Workspace workspace = workspaces.borrow();
        try {
            switch (sample.content()) {
                case Sample.Pixels p -> {
                    final Cut cut = geometry.cut(p.width(), p.height(), random);
                    resize(new ArrayRows(p.bytes(), p.offset(), p.width(), p.height(), p.channels()), cut.box(), cut,
                            workspace, target, offset);
                }
                case Sample.Encoded encoded -> {
                    final ImageHeader header = workspace.decoder.header(encoded.bytes());
                    final Cut cut = geometry.cut(header.width(), header.height(), random);
                    try (Decoded decoded = workspace.decoder.decode(encoded.bytes(), header, cut.box(), cut.width(),
                            cut.height())) {
                        resize(decoded.rows(), decoded.box(), cut, workspace, target, offset);
                    }
                }
                case Sample.Unreadable unreadable -> throw new RejectedImageException(unreadable.reason());
            }
            augment.ifPresent(policy -> augment(policy, workspace.canvas, sample.id(), epoch, target, offset));
        } finally {
            workspaces.giveBack(workspace);
        }
    }

    private void augment(RandAugment policy, Canvas canvas, long id, long epoch, byte[] target, int offset) {
        canvas.load(target, offset);
        policy.apply(canvas, filter, CounterRandom.of(seed, "augment", epoch, id));
        canvas.store(target, offset);
    }

    private void resize(PixelRows rows, Region box, Cut cut, Workspace workspace, byte[] target, int offset) {
        final int pixels = cut.window().width() * cut.window().height();
        if (rows.channels() == 1 && channels == 3) { // one channel is resized, then copied to three
            final byte[] grey = workspace.grey(pixels);
            workspace.resampler.resize(rows, box, cut.width(), cut.height(), cut.window(), cut.mirror(), grey, 0);
            for (int i = 0, at = offset; i < pixels; i++, at += 3) {
                target[at] = grey[i];
                target[at + 1] = grey[i];
                target[at + 2] = grey[i];
            }
            return;
        }
        final PixelRows wanted = rows.channels() == channels ? rows : new GreyRows(rows);
        workspace.resampler.resize(wanted, box, cut.width(), cut.height(), cut.window(), cut.mirror(), target, offset);
    }

    @Override
    public void close() {
        workspaces.close();
    }
}
