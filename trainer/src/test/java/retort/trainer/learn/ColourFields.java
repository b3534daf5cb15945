package retort.trainer.learn;

import java.nio.ByteBuffer;
import retort.random.CounterRandom;

/** Smooth colour fields of 16x16 pixels in RGB. A model can predict their masked patches from the visible ones. */
final class ColourFields {
    private static final int SIDE = 16;

    private ColourFields() {
    }

    /** The pixels of {@code images} fields, (N, H, W, C), which differ from batch to batch. */
    static ByteBuffer batch(long batch, int images) {
        final ByteBuffer pixels = ByteBuffer.allocateDirect(images * SIDE * SIDE * 3);
        for (int n = 0; n < images; n++) {
            final CounterRandom random = CounterRandom.of(5, "test image", batch, n);
            final double a = random.uniform(-6, 6);
            final double b = random.uniform(-6, 6);
            for (int i = 0; i < SIDE * SIDE; i++)
                for (int c = 0; c < 3; c++)
                    pixels.put((byte) Math.clamp(128 + a * (i % SIDE - 8) + b * (i / SIDE - 8) + 10 * c, 0, 255));
        }
        return pixels.flip();
    }
}
