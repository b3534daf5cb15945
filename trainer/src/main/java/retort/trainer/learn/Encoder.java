package retort.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import retort.trainer.engine.Engine;
import retort.trainer.engine.Program;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.Pooling;
import retort.trainer.model.Script;
import retort.trainer.model.VitShape;
import retort.trainer.pretrained.PretrainedEncoder;
import retort.trainer.weights.HostTensor;

/**
 * Inference only: computes features of whole images. If the weights have a decoder, it also reconstructs masked images. Keeps no tensor
 * for a gradient. Engine's thread only. The caller that loads an encoder closes it, which frees its native memory.
 *
 * <p>The {@code pixels} of every method are a direct buffer of uint8, (count, H, W, C), from its position on. They are only read.
 */
public final class Encoder implements AutoCloseable {
    private static final long NO_STEP = -1; // no run has such a step, so masks for evaluation differ from those of training

    private final Engine engine;
    private final VitShape vit;
    private final PixelStatistics statistics;
    private final boolean reconstructs;
    private final NDManager manager;
    private final Program program;
    private final WeightSet weights;
    private final WeightSet stream;

    private final int classes;

    /** @param classes number of classes; 0 if the model is not a classifier */
    private Encoder(Engine engine, VitShape vit, Optional<DecoderShape> decoder, int classes, Map<String, HostTensor> weights,
            PixelStatistics statistics, Pooling pooling, Precision precision) {
        engine.requireThread();
        this.engine = engine;
        this.vit = vit;
        this.statistics = statistics;
        this.reconstructs = decoder.isPresent();
        this.classes = classes;
        this.manager = engine.manager().newSubManager();
        final Map<String, Object> attributes = new TreeMap<>(Map.of("product", precision.torchType(), "patch", vit.patch(),
                "heads", vit.heads(), "epsilon", vit.variant().epsilon(), "depth", vit.depth(), "pooling", pooling.toString(),
                "classes", classes));
        final List<Parameter> parameters = classes > 0
                ? Parameters.trunk(vit, vit.depth())
                : new ArrayList<>(Parameters.encoder(vit));
        if (classes > 0)
            parameters.addAll(Parameters.classifier(vit, pooling, classes));
        if (classes > 0 && weights.containsKey(Parameters.DISTILLATION_TOKEN))
            parameters.addAll(Parameters.distillationToken(vit, classes));
        decoder.ifPresent(shape -> {
            attributes.putAll(Map.of("decoder_heads", shape.heads(), "decoder_depth", shape.depth()));
            parameters.addAll(Parameters.decoder(vit, shape));
        });
        this.program = Script.bundled().compile(manager, attributes);
        this.weights = WeightSet.of(manager, parameters, weights, "the checkpoint", PretrainedEncoder.LEFT_OVER);
        this.stream = WeightSet.of(manager, Map.of("scale", statistics.scale(), "shift", statistics.shift()));
    }

    /**
     * Loads an encoder.
     *
     * @param decoder shape of the decoder; empty if the caller needs features only, or if the weights have no decoder
     * @param weights tensors by name; tensors that {@link PretrainedEncoder#LEFT_OVER} names need no place in the model
     * @return the encoder; the caller closes it
     * @throws IllegalArgumentException if a tensor is missing, left over, of another shape or not finite; the message names all of them
     */
    public static Encoder load(Engine engine, VitShape vit, Optional<DecoderShape> decoder, Map<String, HostTensor> weights,
            PixelStatistics statistics, Pooling pooling, Precision precision) {
        return new Encoder(engine, vit, decoder, 0, weights, statistics, pooling, precision);
    }

    /** Loads a classifier, in float32. Its features are the input of its head. The caller closes it. */
    public static Encoder classifier(Engine engine, VitShape vit, int classes, Pooling pooling, Map<String, HostTensor> weights,
            PixelStatistics statistics) {
        if (classes < 2)
            throw new IllegalArgumentException("a classifier has two classes or more, not " + classes);
        return new Encoder(engine, vit, Optional.empty(), classes, weights, statistics, pooling, Precision.FLOAT32);
    }

    /** Loads an encoder as the other {@code load} does, with {@link Pooling#MEAN}, in float32. */
    public static Encoder load(Engine engine, VitShape vit, Optional<DecoderShape> decoder, Map<String, HostTensor> weights,
            PixelStatistics statistics) {
        return load(engine, vit, decoder, weights, statistics, Pooling.MEAN, Precision.FLOAT32);
    }

    /**
     * Computes the features of unmasked images: the pooled tokens after the final norm, or the input of the head of a classifier.
     *
     * @return (count, width), row-major
     */
    public float[] features(ByteBuffer pixels, int count) {
        try (NDArray images = images(pixels, count); NDArray result = tensor("features", images)) {
            return result.toFloatArray();
        }
    }

    /**
     * Computes the outputs of a classifier before the softmax: those of its head, or with a distillation token the mean of both heads'.
     *
     * @return (count, classes), row-major
     * @throws IllegalStateException if this model is not a classifier
     */
    public float[] logits(ByteBuffer pixels, int count) {
        if (classes == 0)
            throw new IllegalStateException("this model is no classifier");
        try (NDArray images = images(pixels, count); NDArray result = tensor("logits", images)) {
            return result.toFloatArray();
        }
    }

    /** Number of classes; 0 if this model is not a classifier. */
    public int classes() {
        return classes;
    }

    /**
     * Computes the reconstruction loss of each image. The mask of an image is a function of its id and {@code maskSeed} alone.
     *
     * @param maskRatio share of the patches that is masked, 0 to 1; at least one patch is masked
     * @param normPix true if the targets are standardised patch by patch
     * @return one loss for each image; (count)
     * @throws IllegalStateException if this model has no decoder
     */
    public double[] reconstructionLosses(ByteBuffer pixels, int count, long[] sampleIds, long maskSeed, double maskRatio,
            boolean normPix) {
        requireDecoder();
        final long[] orders = Masking.orders(maskSeed, NO_STEP, sampleIds, vit.patches());
        try (NDArray images = images(pixels, count);
                NDArray order = manager.create(orders, new Shape(count, vit.patches()));
                NDArray result = tensor("reconstruction_losses", images, order, visible(maskRatio), normPix)) {
            final float[] losses = result.toFloatArray();
            final double[] wide = new double[count];
            for (int i = 0; i < count; i++)
                wide[i] = losses[i];
            return wide;
        }
    }

    /**
     * Paints images, their visible patches and their reconstructions. The masks and parameters are those of
     * {@link #reconstructionLosses}.
     */
    public Pictures reconstructions(ByteBuffer pixels, int count, long[] sampleIds, long maskSeed, double maskRatio,
            boolean normPix) {
        requireDecoder();
        final long[] orders = Masking.orders(maskSeed, NO_STEP, sampleIds, vit.patches());
        try (NDManager call = manager.newSubManager()) {
            final NDArray images = images(pixels, count);
            images.attach(call);
            final NDArray order = call.create(orders, new Shape(count, vit.patches()));
            final List<NDArray> values = Program.list(call, program.infer("reconstruct", images, order, visible(maskRatio),
                    weights.dictionary(), stream.dictionary()));
            return Pictures.paint(vit, statistics, pixels.slice(), orders, visible(maskRatio), values.get(0).toFloatArray(),
                    normPix ? Optional.of(values.get(1).toFloatArray()) : Optional.empty());
        }
    }

    public VitShape shape() {
        return vit;
    }

    private NDArray images(ByteBuffer pixels, int count) {
        engine.requireThread();
        return manager.create(pixels.slice(), new Shape(count, vit.image(), vit.image(), vit.channels()), DataType.UINT8);
    }

    private NDArray tensor(String method, Object... arguments) {
        final Object[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = weights.dictionary();
        all[arguments.length + 1] = stream.dictionary();
        final IValue result = program.infer(method, all);
        return Program.tensor(manager, result);
    }

    private int visible(double maskRatio) {
        return Math.min(Masking.visible(vit.patches(), maskRatio), vit.patches() - 1);
    }

    private void requireDecoder() {
        if (!reconstructs)
            throw new IllegalStateException("this model has no decoder: nothing can be reconstructed");
    }

    @Override
    public void close() {
        engine.requireThread();
        List.of(weights, stream).forEach(WeightSet::close);
        program.close();
        manager.close();
    }
}
