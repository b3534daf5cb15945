package retort.trainer.learn;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import retort.trainer.model.Initialization;
import retort.trainer.model.Parameter;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.NamedTensors;

/**
 * The state that a step changes: weights, AdamW's two moments and the number of updates. The argument lists of the program are made
 * once, when the state is made. Owns the tensors until it is closed. Engine's thread only.
 */
final class LearnerState implements AutoCloseable {
    private static final String FIRST = "exp_avg.";
    private static final String SECOND = "exp_avg_sq.";
    private static final String UPDATES = "updates";

    private final List<ParameterGroup> groups;
    private final WeightSet weights;
    private final WeightSet first;
    private final WeightSet second;
    private final IValue parameters;
    private final IValue firstMoments;
    private final IValue secondMoments;
    private final List<Integer> ends = new ArrayList<>();
    private long updates;

    /** Owns the three sets from now on: {@link #close} closes them. */
    private LearnerState(LearnerSpec spec, WeightSet weights, WeightSet first, WeightSet second, long updates) {
        final List<Parameter> trained = spec.objective().trained(spec.model());
        this.groups = ParameterGroup.of(trained, spec.optimizer(), spec.model().depth());
        final List<Parameter> grouped = groups.stream().flatMap(group -> group.parameters().stream()).toList();
        this.weights = weights;
        this.first = first;
        this.second = second;
        this.updates = updates;
        this.parameters = this.weights.trainable(grouped);
        this.firstMoments = this.first.list(grouped);
        this.secondMoments = this.second.list(grouped);
        int end = 0;
        for (final ParameterGroup group : groups)
            ends.add(end += group.parameters().size());
    }

    /** @throws IllegalArgumentException if saved tensors do not fit; the message names all that do not */
    static LearnerState of(NDManager manager, LearnerSpec spec, LearnerStart start) {
        final List<Parameter> all = spec.objective().parameters(spec.model());
        return switch (start) {
            case LearnerStart.Drawn() ->
                fresh(manager, spec, WeightSet.of(manager, all, parameter -> Initialization.draw(parameter, all, spec.seed())));
            case LearnerStart.Given(Map<String, HostTensor> given) -> fresh(manager, spec, WeightSet.of(manager, all,
                    parameter -> Optional.ofNullable(given.get(parameter.name()))
                            .orElseGet(() -> Initialization.draw(parameter, all, spec.seed()))));
            case LearnerStart.Saved(Map<String, HostTensor> weights, Map<String, HostTensor> optimizer) ->
                optimizer.isEmpty()
                        ? fresh(manager, spec, WeightSet.of(manager, all, weights, "the weights"))
                        : saved(manager, spec, weights, optimizer);
        };
    }

    private static LearnerState fresh(NDManager manager, LearnerSpec spec, WeightSet weights) {
        final List<Parameter> trained = spec.objective().trained(spec.model());
        return new LearnerState(spec, weights, WeightSet.zeros(manager, trained), WeightSet.zeros(manager, trained), 0);
    }

    private static LearnerState saved(NDManager manager, LearnerSpec spec, Map<String, HostTensor> weights,
            Map<String, HostTensor> optimizer) {
        final HostTensor updates = optimizer.get(UPDATES);
        if (updates == null || updates.dtype() != DType.I64)
            throw new IllegalArgumentException("the optimiser's state has no count of its " + UPDATES);
        final List<Parameter> trained = spec.objective().trained(spec.model());
        final List<WeightSet> made = new ArrayList<>();
        try {
            made.add(WeightSet.of(manager, spec.objective().parameters(spec.model()), weights, "the weights"));
            made.add(WeightSet.of(manager, trained, under(FIRST, optimizer), "the optimiser's first moments"));
            made.add(WeightSet.of(manager, trained, under(SECOND, optimizer), "the optimiser's second moments"));
            return new LearnerState(spec, made.get(0), made.get(1), made.get(2), updates.view().getLong());
        } catch (RuntimeException e) {
            made.forEach(WeightSet::close);
            throw e;
        }
    }

    Map<String, HostTensor> optimizerState() {
        final Map<String, HostTensor> all = new LinkedHashMap<>();
        first.download().forEach((name, value) -> all.put(FIRST + name, value));
        second.download().forEach((name, value) -> all.put(SECOND + name, value));
        all.put(UPDATES, updateCount());
        return all;
    }

    /** Types and shapes of the optimiser's tensors, by the names of {@link #optimizerState}. */
    Map<String, NamedTensors.Form> optimizerForms() {
        final Map<String, NamedTensors.Form> forms = new LinkedHashMap<>();
        first.names().forEach(name -> forms.put(FIRST + name, first.form(name)));
        second.names().forEach(name -> forms.put(SECOND + name, second.form(name)));
        forms.put(UPDATES, new NamedTensors.Form(DType.I64, new long[0]));
        return forms;
    }

    /** Types and shapes of the weights, by name. */
    Map<String, NamedTensors.Form> weightForms() {
        final Map<String, NamedTensors.Form> forms = new LinkedHashMap<>();
        weights.names().forEach(name -> forms.put(name, weights.form(name)));
        return forms;
    }

    /** Copies every tensor of the state to its place in {@code copy}. */
    void copyTo(StateCopy copy) {
        weights.copyTo("", copy.weights());
        first.copyTo(FIRST, copy.optimizer());
        second.copyTo(SECOND, copy.optimizer());
        Objects.requireNonNull(copy.optimizer().get(UPDATES)).view().putLong(updates);
    }

    private HostTensor updateCount() {
        final ByteBuffer count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(updates).flip();
        return new HostTensor(DType.I64, new long[0], count);
    }

    WeightSet weights() {
        return weights;
    }

    /**
     * Begins an update.
     *
     * @return the last arguments of every step of the program: the dictionaries of weights, teacher and stream; trained parameters and
     *     both moments, group by group; the end index, the rate and the decay of each group; and the number of the update
     */
    List<Object> arguments(IValue teacher, IValue stream, double learningRate) {
        updates++;
        return List.of(weights.dictionary(), teacher, stream, parameters, firstMoments, secondMoments, ends,
                groups.stream().map(group -> learningRate * group.lrScale()).toList(),
                groups.stream().map(ParameterGroup::weightDecay).toList(), (double) updates);
    }

    private static Map<String, HostTensor> under(String prefix, Map<String, HostTensor> all) {
        final Map<String, HostTensor> found = new LinkedHashMap<>();
        all.forEach((name, value) -> {
            if (name.startsWith(prefix))
                found.put(name.substring(prefix.length()), value);
        });
        return found;
    }

    @Override
    public void close() {
        List.of(parameters, firstMoments, secondMoments).forEach(IValue::close);
        List.of(weights, first, second).forEach(WeightSet::close);
    }
}
