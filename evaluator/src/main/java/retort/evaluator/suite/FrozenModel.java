package retort.evaluator.suite;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import retort.trainer.images.ImageBlock;
import retort.evaluator.knn.FeatureBlock;
import retort.place.Places;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.Stream;
import retort.trainer.engine.Engine;
import retort.trainer.learn.Encoder;
import retort.trainer.learn.Pictures;
import retort.trainer.learn.PixelStatistics;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Pooling;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/**
 * The model of a checkpoint, loaded on the engine for inference only. Its features are the mean of the patch tokens after the final
 * norm, of unmasked images. The features of a classifier are the input of its head. Any thread may subscribe. Each call is one task of
 * the engine and completes on the engine's thread. The caller that opens a model closes it.
 */
public final class FrozenModel implements FrozenFeatures {
    private final Engine engine;
    private final Encoder encoder;
    private final CheckpointReady checkpoint;
    private final Path file;
    private final PixelStatistics statistics;

    private FrozenModel(Engine engine, Encoder encoder, CheckpointReady checkpoint, Path file, PixelStatistics statistics) {
        this.engine = engine;
        this.encoder = encoder;
        this.checkpoint = checkpoint;
        this.file = file;
        this.statistics = statistics;
    }

    /**
     * Reads and verifies the weights file on Reactor's elastic threads, then loads it on the engine.
     *
     * @param places finds the file of a checkpoint in a bucket; belongs to the caller
     * @param images the stream whose images the model receives
     * @return the model; fails with {@link CheckpointRefusedException} if the file is not the announced one, or if file, architecture and
     *         images do not fit each other
     */
    public static Mono<FrozenModel> open(Engine engine, Places places, CheckpointReady checkpoint, Stream images) {
        return Mono.fromCallable(() -> CheckpointFile.verified(places, checkpoint)).subscribeOn(Schedulers.boundedElastic())
                .flatMap(weights -> load(engine, places, checkpoint, weights, images));
    }

    private static Mono<FrozenModel> load(Engine engine, Places places, CheckpointReady checkpoint,
            Map<String, HostTensor> weights, Stream stream) {
        return engine.submit(() -> {
            try {
                return new FrozenModel(engine, encoder(engine, checkpoint.getArchitecture(), weights, stream), checkpoint,
                        CheckpointFile.path(places, checkpoint.getUri()),
                        new PixelStatistics(stream.getMean(), stream.getStd()));
            } catch (IllegalArgumentException e) {
                throw new CheckpointRefusedException(String.valueOf(e.getMessage()), e);
            }
        });
    }

    private static Encoder encoder(Engine engine, Architecture shape, Map<String, HostTensor> weights, Stream stream) {
        if (shape.getImage() != stream.getHeight() || shape.getImage() != stream.getWidth()
                || shape.getChannels() != stream.getChannels())
            throw new CheckpointRefusedException("the model takes images of " + shape.getImage() + "x" + shape.getImage() + "x"
                    + shape.getChannels() + ", those of stream " + stream.getName() + " are " + stream.getHeight() + "x"
                    + stream.getWidth() + "x" + stream.getChannels());
        final VitShape vit = new VitShape(shape.getImage(), shape.getPatch(), shape.getChannels(), shape.getWidth(),
                shape.getDepth(), shape.getHeads());
        final PixelStatistics statistics = new PixelStatistics(stream.getMean(), stream.getStd());
        if (shape.getClasses() > 0)
            return Encoder.classifier(engine, vit, shape.getClasses(), Pooling.named(shape.getPooling()), weights,
                    statistics);
        final Optional<DecoderShape> decoder = shape.getDecoderDepth() > 0
                ? Optional.of(new DecoderShape(shape.getDecoderWidth(), shape.getDecoderDepth(), shape.getDecoderHeads()))
                : Optional.empty();
        return Encoder.load(engine, vit, decoder, weights, statistics);
    }

    @Override
    public Mono<FeatureBlock> of(ImageBlock block) {
        return engine.submit(() -> new FeatureBlock(encoder.features(block.pixels(), block.count()), encoder.shape().width(),
                block.labels()));
    }

    /** The logits of a classifier, shape (N, {@link #classes}), row-major. */
    public Mono<float[]> logits(ImageBlock block) {
        return engine.submit(() -> encoder.logits(block.pixels(), block.count()));
    }

    /** The verified weights file. */
    Path file() {
        return file;
    }

    /** Statistics of the pixels that the model receives. */
    PixelStatistics statistics() {
        return statistics;
    }

    /** Name of the stream that the model was trained on. */
    public String trainedOn() {
        return checkpoint.getStream();
    }

    /** Number of classes of a classifier. 0 for any other model. */
    public int classes() {
        return encoder.classes();
    }

    /** The reconstruction loss of each image, shape (N). {@code maskSeed} and the sample id alone decide the mask of an image. */
    public Mono<double[]> reconstructionLosses(ImageBlock block, long maskSeed) {
        return engine.submit(() -> encoder.reconstructionLosses(block.pixels(), block.count(), block.sampleIds(), maskSeed,
                checkpoint.getMaskRatio(), checkpoint.getNormPix()));
    }

    /** The pictures that belong to {@link #reconstructionLosses}: original, masked and reconstructed. */
    public Mono<Pictures> reconstructions(ImageBlock block, long maskSeed) {
        return engine.submit(() -> encoder.reconstructions(block.pixels(), block.count(), block.sampleIds(), maskSeed,
                checkpoint.getMaskRatio(), checkpoint.getNormPix()));
    }

    public VitShape shape() {
        return encoder.shape();
    }

    /** Frees the weights, in a task after the tasks that were submitted before. */
    public Mono<Void> close() {
        return engine.free(encoder::close);
    }
}
