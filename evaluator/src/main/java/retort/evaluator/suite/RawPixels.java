package retort.evaluator.suite;

import java.nio.ByteBuffer;
import reactor.core.publisher.Mono;
import retort.trainer.images.ImageBlock;
import retort.evaluator.knn.FeatureBlock;
import retort.record.Stream;

/** Uses the pixels of an image as its features: normalised by the stream's mean and standard deviation, and flattened. */
public final class RawPixels implements FrozenFeatures {
    private final int width;
    private final float[][] values; // (C, 256)

    public RawPixels(Stream stream) {
        this.width = stream.getHeight() * stream.getWidth() * stream.getChannels();
        this.values = new float[stream.getChannels()][256];
        for (int channel = 0; channel < values.length; channel++)
            for (int pixel = 0; pixel < 256; pixel++)
                values[channel][pixel] = (float) ((pixel / 255.0 - stream.getMean().get(channel)) / stream.getStd().get(channel));
    }

    @Override
    public Mono<FeatureBlock> of(ImageBlock block) {
        return Mono.fromSupplier(() -> {
            final ByteBuffer pixels = block.pixels();
            final float[] rows = new float[block.count() * width];
            for (int i = 0; i < rows.length; i++)
                rows[i] = values[i % values.length][pixels.get(i) & 0xFF];
            return new FeatureBlock(rows, width, block.labels());
        });
    }
}
