package retort.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import retort.trainer.engine.Engine;
import retort.trainer.engine.Program;
import retort.trainer.model.VitShape;
import retort.trainer.pretrained.PretrainedEncoder;
import retort.trainer.weights.HostTensor;

/**
 * Inference only: the distances between the features of a distilled student and those of its frozen teacher, at each aligned pair. It runs
 * the program of the training step, and of both models only the blocks up to the last pair. Engine's thread only. The caller that loads it
 * closes it.
 */
public final class Alignment implements AutoCloseable {
    private static final long NO_STEP = -1; // no run has such a step, so masks for evaluation differ from those of training

    private final Engine engine;
    private final LearnerSpec spec;
    private final int pairs;
    private final NDManager manager;
    private final Program program;
    private final WeightSet student;
    private final WeightSet teacher;
    private final WeightSet stream;

    private Alignment(Engine engine, LearnerSpec spec, int pairs, Map<String, HostTensor> student,
            Map<String, HostTensor> teacher) {
        engine.requireThread();
        this.engine = engine;
        this.spec = spec;
        this.pairs = pairs;
        this.manager = engine.manager().newSubManager();
        try {
            this.program = spec.objective().script().compile(manager, spec.attributes());
            this.student = WeightSet.of(manager, spec.objective().parameters(spec.model()), student, "the checkpoint",
                    List.of("*"));
            this.teacher = WeightSet.of(manager, spec.objective().teacherParameters(), teacher, "the teacher",
                    spec.objective().teacherLeftOver()).freeze(program);
            this.stream = WeightSet.of(manager, Map.of("scale", spec.pixels().scale(), "shift", spec.pixels().shift()));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Loads both models.
     *
     * @param spec the student, its objective and the statistics of the pixels; the objective has a teacher and no decoder
     * @param pairs number of aligned pairs of the objective
     * @param student weights by name; it may hold more
     * @param teacher weights by name; tensors that {@link PretrainedEncoder#LEFT_OVER} names need no place in the model
     * @throws IllegalArgumentException if weights do not fit; the message names all that do not
     */
    public static Alignment load(Engine engine, LearnerSpec spec, int pairs, Map<String, HostTensor> student,
            Map<String, HostTensor> teacher) {
        return new Alignment(engine, spec, pairs, student, teacher);
    }

    /**
     * The distance at each pair, the mean over the images. Student and teacher see the patches that training would show them; the mask of
     * an image is a function of its id and {@code maskSeed} alone.
     *
     * @param pixels direct buffer of uint8, (count, H, W, C), from its position on; it is only read
     * @return one distance for each pair, in the order of the pairs
     */
    public double[] distances(ByteBuffer pixels, int count, long[] sampleIds, long maskSeed) {
        return distances(pixels, count, Masking.orders(maskSeed, NO_STEP, sampleIds, spec.model().patches()));
    }

    /** As the other method, with given masking orders, (count, L), row-major. */
    double[] distances(ByteBuffer pixels, int count, long[] orders) {
        engine.requireThread();
        final VitShape vit = spec.model();
        try (NDManager call = manager.newSubManager()) {
            final NDArray images = call.create(pixels.slice(), new Shape(count, vit.image(), vit.image(), vit.channels()),
                    DataType.UINT8);
            final NDArray order = call.create(orders, new Shape(count, vit.patches()));
            final IValue traced = Program.value(new LinkedHashMap<>(Map.of("images", images)));
            program.infer("losses", images, order, student.dictionary(), teacher.dictionary(), stream.dictionary(), traced)
                    .close();
            final Map<String, NDArray> tensors = Program.tensors(call, traced);
            final double[] distances = new double[pairs];
            for (int pair = 0; pair < pairs; pair++)
                distances[pair] = Objects.requireNonNull(tensors.get("distill_loss." + pair)).getFloat();
            return distances;
        }
    }

    @Override
    public void close() {
        engine.requireThread();
        List.of(student, teacher, stream).forEach(WeightSet::close);
        program.close();
        manager.close();
    }
}
