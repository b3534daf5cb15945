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
import retort.trainer.engine.Engine;
import retort.trainer.engine.Program;
import retort.trainer.model.Script;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.NamedTensors;

/**
 * A model that learns: its weights and its optimiser's state on the device, and the step that changes them. What a step does is a
 * function of both, the images, their ids and the step's number, and of nothing else.
 *
 * <p>Engine's thread only. Whoever made it closes it, which frees all its native memory.
 */
public final class Learner implements AutoCloseable {
    private final Engine engine;
    private final LearnerSpec spec;
    private final NDManager manager;
    private final Program program;
    private final WeightSet stream;
    private final WeightSet teacher;
    private LearnerState state;

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
     * A learner at its first weights, drawn from the seed.
     *
     * @param teacher weights by name, more than the objective needs or none at all where it has no teacher
     * @throws IllegalArgumentException where the teacher's weights do not fit, naming those that do not
     */
    public static Learner create(Engine engine, LearnerSpec spec, Map<String, HostTensor> teacher) {
        return create(engine, spec, teacher, new LearnerStart.Drawn());
    }

    /**
     * The same with other first weights.
     *
     * @throws IllegalArgumentException where saved ones do not fit, too
     */
    public static Learner create(Engine engine, LearnerSpec spec, Map<String, HostTensor> teacher, LearnerStart start) {
        return new Learner(engine, spec, spec.objective().script(), teacher, start);
    }

    /** The same with another program: for checks that a wrong one is noticed. */
    static Learner create(Engine engine, LearnerSpec spec, Map<String, HostTensor> teacher, Script script) {
        return new Learner(engine, spec, script, teacher, new LearnerStart.Drawn());
    }

    /**
     * Takes one optimiser step. Returns when its work is on its way: on a CPU that is when it is done.
     *
     * @param pixels direct, uint8, (N, H, W, C) from its position on; may be written again once this returns on a CPU, once the
     *     losses are read on a GPU
     * @param sampleIds (N): with the seed and {@code step} they decide each image's mask
     * @param labels (N): class indices; read by objectives that have them
     * @param step from 0: decides the learning rate and every draw
     * @return the caller's to read, once
     */
    public PendingLosses step(ByteBuffer pixels, long[] sampleIds, int[] labels, long step) {
        engine.requireThread();
        final int n = sampleIds.length;
        if (n == 0 || n % spec.optimizer().microBatches() != 0)
            throw new IllegalArgumentException("a batch of " + n + " images does not divide into "
                    + spec.optimizer().microBatches() + " micro-batches");
        final StepCall call = spec.objective().draw(spec.model(), spec.seed(), step, sampleIds, labels);
        final int side = spec.model().image();
        try (NDArray images = manager.create(pixels.slice(), new Shape(n, side, side, spec.model().channels()), DataType.UINT8)) {
            return step(images, call, spec.optimizer().schedule().at(step));
        }
    }

    /** The step itself, on images of any type and with draws that are given: the checks against reference values call it. */
    PendingLosses step(NDArray images, StepCall call, double learningRate) {
        try (NDManager step = manager.newSubManager()) {
            final List<Object> arguments = new ArrayList<>(List.of(images));
            arguments.addAll(call.upload(step));
            arguments.addAll(state.arguments(teacher.dictionary(), stream.dictionary(), learningRate));
            final IValue losses = program.call(call.method(), arguments.toArray());
            return new PendingLosses(Program.tensor(manager, losses), spec.objective().lossParts(), learningRate);
        }
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

    /** Host copies of all that the optimiser remembers: {@code exp_avg.NAME}, {@code exp_avg_sq.NAME} and {@code updates}. */
    public Map<String, HostTensor> optimizerState() {
        engine.requireThread();
        return state.optimizerState();
    }

    /**
     * The weights for a writer, tensor by tensor and without a copy on a CPU. Made and asked on any thread but the engine's; no step
     * may be taken while they are read.
     */
    public NamedTensors savedWeights() {
        return new EngineTensors(engine, () -> {
            final Map<String, NamedTensors.Form> forms = new LinkedHashMap<>();
            state.weights().names().forEach(name -> forms.put(name, state.weights().form(name)));
            return forms;
        }, name -> state.weights().look(name));
    }

    /** The same of the optimiser's state, under the names of {@link #optimizerState}. */
    public NamedTensors savedOptimizer() {
        return new EngineTensors(engine, () -> state.optimizerForms(), name -> state.optimizerTensor(name));
    }

    /**
     * Goes on from what {@link #weights} and {@link #optimizerState} once returned, bit by bit.
     *
     * @param optimizerState empty: a fresh optimiser on these weights
     * @throws IllegalArgumentException where one does not fit the model, naming what does not; the learner is then as before
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
