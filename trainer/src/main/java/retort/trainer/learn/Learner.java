package retort.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import retort.trainer.engine.Engine;
import retort.trainer.engine.Program;
import retort.trainer.model.Script;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.NamedTensors;

/**
 * A model that learns: its weights and its optimiser's state on the device, and the step that changes them. The result of a step is a
 * function of these two, the images, their ids, their labels and the step's number alone.
 *
 * <p>Engine's thread only. The caller that creates a learner closes it, which frees all its native memory.
 */
public final class Learner implements AutoCloseable {
    private final Engine engine;
    private final LearnerSpec spec;
    private final NDManager manager;
    private final Program program;
    private final WeightSet stream;
    private final WeightSet teacher;
    private LearnerState state;
    private long uploadNanos;

    private Learner(Engine engine, LearnerSpec spec, Script script, Map<String, HostTensor> teacher, LearnerStart start) {
        engine.requireThread();
        this.engine = engine;
        this.spec = spec;
        this.manager = engine.manager().newSubManager();
        try {
            this.program = script.compile(manager, spec.attributes());
            this.stream = WeightSet.of(manager, streamTensors(spec));
            this.teacher = WeightSet.of(manager, spec.objective().teacherParameters(), teacher, "the teacher",
                    spec.objective().teacherLeftOver()).freeze(program);
            this.state = LearnerState.of(manager, spec, start);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Creates a learner whose first weights are drawn from the seed.
     *
     * @param teacher weights by name; tensors that {@link Objective#teacherLeftOver} names may be among them; empty without a teacher
     * @return the learner; the caller closes it
     * @throws IllegalArgumentException if the teacher's weights do not fit; the message names all that do not
     */
    public static Learner create(Engine engine, LearnerSpec spec, Map<String, HostTensor> teacher) {
        return create(engine, spec, teacher, new LearnerStart.Drawn());
    }

    /**
     * Creates a learner with the first weights that {@code start} says.
     *
     * @param teacher as for {@link #create(Engine, LearnerSpec, Map)}
     * @return the learner; the caller closes it
     * @throws IllegalArgumentException if the teacher's weights or the saved tensors do not fit; the message names all that do not
     */
    public static Learner create(Engine engine, LearnerSpec spec, Map<String, HostTensor> teacher, LearnerStart start) {
        return new Learner(engine, spec, spec.objective().script(), teacher, start);
    }

    /** Creates a learner with another program. Checks prove with it that a wrong program is noticed. */
    static Learner create(Engine engine, LearnerSpec spec, Map<String, HostTensor> teacher, Script script) {
        return new Learner(engine, spec, script, teacher, new LearnerStart.Drawn());
    }

    /**
     * Takes one optimiser step. On a CPU it returns when the step is done; on a GPU it returns when the work is queued.
     *
     * @param pixels a direct buffer of uint8, (N, H, W, C), from its position on. The caller may write to it again when this returns
     *     on a CPU, and when the losses are read on a GPU
     * @param sampleIds (N); with the seed and {@code step} they decide every draw for an image
     * @param labels (N); class indices, -1 for an image without a label; only objectives that learn from labels read them
     * @param step number of the step, from 0; decides the learning rate and every draw
     * @return the losses; the caller reads them once, or closes them
     * @throws IllegalArgumentException if the batch is empty, or does not divide into micro-batches
     * @throws SampleRefusedException if the objective cannot learn from an image
     */
    public PendingLosses step(ByteBuffer pixels, long[] sampleIds, int[] labels, long step) {
        engine.requireThread();
        final int n = sampleIds.length;
        if (n == 0 || n % spec.optimizer().microBatches() != 0)
            throw new IllegalArgumentException("a batch of " + n + " images does not divide into "
                    + spec.optimizer().microBatches() + " micro-batches");
        final StepCall call = spec.objective().draw(spec.model(), spec.seed(), step, sampleIds, labels);
        final int side = spec.model().image();
        final long begin = System.nanoTime();
        try (NDArray images = manager.create(pixels.slice(), new Shape(n, side, side, spec.model().channels()), DataType.UINT8)) {
            uploadNanos = System.nanoTime() - begin;
            return step(images, call, spec.optimizer().schedule().at(step));
        }
    }

    /** Takes a step with images of any element type and given draws. The checks against reference values call it. */
    PendingLosses step(NDArray images, StepCall call, double learningRate) {
        try (NDManager step = manager.newSubManager()) {
            final List<Object> arguments = new ArrayList<>(List.of(images));
            final long begin = System.nanoTime();
            arguments.addAll(call.upload(step));
            uploadNanos += System.nanoTime() - begin;
            arguments.addAll(state.arguments(teacher.dictionary(), stream.dictionary(), learningRate));
            final IValue losses = program.call(call.method(), arguments.toArray());
            return new PendingLosses(Program.tensor(manager, losses), spec.objective().lossParts(), learningRate);
        }
    }

    /**
     * The time for which the last step's images and draws were copied to the device, in ns. On a CPU the program reads images in place, and only the
     * draws are copied. On a GPU the copy waits for the work that is queued before it.
     */
    public long uploadNanos() {
        engine.requireThread();
        return uploadNanos;
    }

    private static Map<String, HostTensor> streamTensors(LearnerSpec spec) {
        final Map<String, HostTensor> tensors = new LinkedHashMap<>();
        tensors.put("scale", spec.pixels().scale());
        tensors.put("shift", spec.pixels().shift());
        tensors.putAll(spec.objective().constants(spec.model(), spec.seed()));
        return tensors;
    }

    /** Host copies of all weights, by the names that MAE and timm use. */
    public Map<String, HostTensor> weights() {
        engine.requireThread();
        return state.weights().download();
    }

    /** Host copies of the optimiser's state: {@code exp_avg.NAME}, {@code exp_avg_sq.NAME} and {@code updates}. */
    public Map<String, HostTensor> optimizerState() {
        engine.requireThread();
        return state.optimizerState();
    }

    /**
     * Takes the memory for copies of the state: as many bytes as the weights and the optimiser's state have.
     *
     * @return holds zeros until {@link #copyTo}; the caller closes it, on any thread
     */
    public StateCopy newCopy() {
        return copyRoom().get();
    }

    /** As {@link #newCopy}, for a caller that takes the memory elsewhere: any thread may call what is returned. */
    public Supplier<StateCopy> copyRoom() {
        engine.requireThread();
        final Map<String, NamedTensors.Form> weights = state.weightForms();
        final Map<String, NamedTensors.Form> optimizer = state.optimizerForms();
        return () -> new StateCopy(weights, optimizer);
    }

    /** Writes the present state into {@code copy}, which {@link #newCopy} has made. Waits for the device. */
    public void copyTo(StateCopy copy) {
        engine.requireThread();
        state.copyTo(copy);
    }

    /**
     * Replaces the state with one that {@link #weights} and {@link #optimizerState} returned, bit by bit.
     *
     * @param optimizerState state of the optimiser; empty for a fresh optimiser
     * @throws IllegalArgumentException if a tensor does not fit the model; the message names all that do not. The learner is unchanged
     */
    public void restore(Map<String, HostTensor> weights, Map<String, HostTensor> optimizerState) {
        engine.requireThread();
        final LearnerState restored = LearnerState.of(manager, spec, new LearnerStart.Saved(weights, optimizerState));
        state.close();
        state = restored;
    }

    public LearnerSpec spec() {
        return spec;
    }

    @Override
    public void close() {
        engine.requireThread();
        state.close();
        List.of(stream, teacher).forEach(WeightSet::close);
        program.close();
        manager.close();
    }
}
