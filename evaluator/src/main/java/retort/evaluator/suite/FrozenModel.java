package retort.evaluator.suite;

import java.nio.file.Path;
import java.util.Optional;
import reactor.core.publisher.Mono;
import retort.evaluator.images.PixelBlock;
import retort.evaluator.knn.FeatureBlock;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.Stream;
import retort.settings.SettingException;
import retort.trainer.engine.Engine;
import retort.trainer.learn.Encoder;
import retort.trainer.learn.Pictures;
import retort.trainer.learn.PixelStatistics;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Pooling;
import retort.trainer.model.VitShape;
import retort.trainer.weights.SafeTensors;
import retort.trainer.weights.WeightsException;

/**
 * A checkpoint's model on the engine. Its features are the mean of the patch tokens after the final norm, of unmasked images; a
 * classifier's are what its head looks at. Any
 * thread subscribes; each call is one task of the engine and completes on its thread. Whoever opened it closes it.
 */
public final class FrozenModel implements FrozenFeatures {
    private final Engine engine;
    private final Encoder encoder;
    private final CheckpointReady checkpoint;

    private FrozenModel(Engine engine, Encoder encoder, CheckpointReady checkpoint) {
        this.engine = engine;
        this.encoder = encoder;
        this.checkpoint = checkpoint;
    }

    /**
     * @param file the checkpoint's weights, verified
     * @param stream whose images it will see
     * @return errs with {@link CheckpointRefusedException} where file, architecture and images do not fit each other
     */
    public static Mono<FrozenModel> open(Engine engine, CheckpointReady checkpoint, Path file, Stream stream) {
        return engine.submit(() -> {
            try {
                return new FrozenModel(engine, load(engine, checkpoint.getArchitecture(), file, stream), checkpoint);
            } catch (WeightsException | IllegalArgumentException | SettingException e) {
                throw new CheckpointRefusedException(String.valueOf(e.getMessage()), e);
            }
        });
    }

    private static Encoder load(Engine engine, Architecture shape, Path file, Stream stream) {
        if (shape.getImage() != stream.getHeight() || shape.getImage() != stream.getWidth()
                || shape.getChannels() != stream.getChannels())
            throw new CheckpointRefusedException("the model takes images of " + shape.getImage() + "x" + shape.getImage() + "x"
                    + shape.getChannels() + ", those of stream " + stream.getName() + " are " + stream.getHeight() + "x"
                    + stream.getWidth() + "x" + stream.getChannels());
        final VitShape vit = new VitShape(shape.getImage(), shape.getPatch(), shape.getChannels(), shape.getWidth(),
                shape.getDepth(), shape.getHeads());
        final PixelStatistics statistics = new PixelStatistics(stream.getMean(), stream.getStd());
        if (shape.getClasses() > 0)
            return Encoder.classifier(engine, vit, shape.getClasses(), Pooling.named(shape.getPooling()), SafeTensors.read(file),
                    statistics);
        final Optional<DecoderShape> decoder = shape.getDecoderDepth() > 0
                ? Optional.of(new DecoderShape(shape.getDecoderWidth(), shape.getDecoderDepth(), shape.getDecoderHeads()))
                : Optional.empty();
        return Encoder.load(engine, vit, decoder, SafeTensors.read(file), statistics);
    }

    @Override
    public Mono<FeatureBlock> of(PixelBlock block) {
        return engine.submit(() -> new FeatureBlock(encoder.features(block.pixels(), block.count()), encoder.shape().width(),
                block.labels()));
    }

    /** A classifier's answers to each image, before any softmax; (N, {@link #classes}). */
    public Mono<float[]> logits(PixelBlock block) {
        return engine.submit(() -> encoder.logits(block.pixels(), block.count()));
    }

    /** 0 where it is no classifier. */
    public int classes() {
        return encoder.classes();
    }

    /** The reconstruction loss of each image, with masks that {@code maskSeed} and the image's sample id alone decide. */
    public Mono<double[]> reconstructionLosses(PixelBlock block, long maskSeed) {
        return engine.submit(() -> encoder.reconstructionLosses(block.pixels(), block.count(), block.sampleIds(), maskSeed,
                checkpoint.getMaskRatio(), checkpoint.getNormPix()));
    }

    /** What it makes of the same images under the same masks. */
    public Mono<Pictures> reconstructions(PixelBlock block, long maskSeed) {
        return engine.submit(() -> encoder.reconstructions(block.pixels(), block.count(), block.sampleIds(), maskSeed,
                checkpoint.getMaskRatio(), checkpoint.getNormPix()));
    }

    public VitShape shape() {
        return encoder.shape();
    }

    /** Frees what it holds on the engine, after the tasks that were submitted before. */
    public Mono<Void> close() {
        return engine.submit(() -> {
            encoder.close();
            return true;
        }).then();
    }
}
