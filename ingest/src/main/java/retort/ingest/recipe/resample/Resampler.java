package retort.ingest.recipe.resample;

import java.util.Optional;
import retort.ingest.decode.PixelRows;
import retort.ingest.decode.Region;

/**
 * Resizes with Pillow's arithmetic, bit for bit. Confined to one thread at a time. A resampler owns its scratch rows, which grow to the
 * largest image met. They hold intermediate rows only, never the whole input.
 */
public final class Resampler {
    /** True if the JVM has the vector module. The class {@link Lanes} cannot be loaded without it. */
    private static final boolean VECTORS = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

    private final Filter filter;
    private final Taps horizontal = new Taps();
    private final Taps vertical = new Taps();
    private final HorizontalPass across = new HorizontalPass();
    private final Optional<Lanes> lanes;
    private byte[] between = new byte[0];

    /** Uses vectors if the JVM was started with {@code --add-modules jdk.incubator.vector} and the machine has them. */
    public Resampler(Filter filter) {
        this(filter, VECTORS ? Lanes.find() : Optional.empty());
    }

    /** @param lanes empty for scalar arithmetic */
    Resampler(Filter filter, Optional<Lanes> lanes) {
        this.filter = filter;
        this.lanes = lanes;
    }

    /**
     * Cuts {@code box} out of {@code source}, resizes it to {@code width} x {@code height} and writes the {@code window} of the result.
     * Pixels outside the box have no influence, because taps end at the box.
     *
     * @param mirror true to write the window flipped left to right
     * @param target receives window.height x window.width x channels uint8 from {@code offset} on
     */
    public void resize(PixelRows source, Region box, int width, int height, Region window, boolean mirror, byte[] target,
            int offset) {
        horizontal.fill(filter, box.width(), width, window.left(), window.width());
        vertical.fill(filter, box.height(), height, window.top(), window.height());
        final int stride = window.width() * source.channels();
        final int top = vertical.low();
        final int rows = vertical.high() - top;
        if (between.length < rows * stride)
            between = new byte[rows * stride];
        if (lanes.isPresent()) {
            lanes.get().across(source, box.left(), box.top() + top, rows, horizontal, mirror, between);
            Lanes.down(between, top, stride, vertical, target, offset);
        } else {
            across.run(source, box.left(), box.top() + top, rows, horizontal, mirror, between);
            VerticalPass.run(between, top, stride, vertical, target, offset);
        }
    }
}
