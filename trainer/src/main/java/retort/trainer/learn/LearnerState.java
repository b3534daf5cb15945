package retort.trainer.learn;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import retort.trainer.model.Parameter;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;

/**
 * What a step changes: weights, AdamW's two moments and the number of updates, with the argument lists that the program takes made
 * once. Engine's thread only.
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

    private LearnerState(NDManager manager, LearnerSpec spec, Map<String, HostTensor> weights, Map<String, HostTensor> first,
            Map<String, HostTensor> second, long updates) {
        final List<Parameter> trained = spec.objective().trained(spec.model());
        this.groups = ParameterGroup.of(trained, spec.optimizer(), spec.model().depth());
        final List<Parameter> grouped = groups.stream().flatMap(group -> group.parameters().stream()).toList();
        this.weights = WeightSet.of(manager, spec.objective().parameters(spec.model()), weights, "the weights");
        this.first = WeightSet.of(manager, trained, first, "the optimiser's first moments");
        this.second = WeightSet.of(manager, trained, second, "the optimiser's second moments");
        this.updates = updates;
        this.parameters = this.weights.trainable(grouped);
        this.firstMoments = this.first.list(grouped);
        this.secondMoments = this.second.list(grouped);
        int end = 0;
        for (final ParameterGroup group : groups)
            ends.add(end += group.parameters().size());
    }

    static LearnerState fresh(NDManager manager, LearnerSpec spec, Map<String, HostTensor> weights) {
        final Map<String, HostTensor> zeros = WeightSet.zeros(spec.objective().trained(spec.model()));
        return new LearnerState(manager, spec, weights, zeros, zeros, 0);
    }

    static LearnerState restored(NDManager manager, LearnerSpec spec, Map<String, HostTensor> weights,
            Map<String, HostTensor> optimizer) {
        final HostTensor updates = optimizer.get(UPDATES);
        if (updates == null || updates.dtype() != DType.I64)
            throw new IllegalArgumentException("the optimiser's state has no count of its " + UPDATES);
        return new LearnerState(manager, spec, weights, under(FIRST, optimizer), under(SECOND, optimizer),
                updates.view().getLong());
    }

    Map<String, HostTensor> optimizerState() {
        final Map<String, HostTensor> all = new LinkedHashMap<>();
        first.download().forEach((name, value) -> all.put(FIRST + name, value));
        second.download().forEach((name, value) -> all.put(SECOND + name, value));
        final ByteBuffer count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(updates).flip();
        all.put(UPDATES, new HostTensor(DType.I64, new long[0], count));
        return all;
    }

    WeightSet weights() {
        return weights;
    }

    /** Trained parameters, group by group. */
    IValue parameters() {
        return parameters;
    }

    IValue firstMoments() {
        return firstMoments;
    }

    IValue secondMoments() {
        return secondMoments;
    }

    /** Where in those lists each group ends. */
    List<Integer> groupEnds() {
        return ends;
    }

    List<Double> rates(double learningRate) {
        return groups.stream().map(group -> learningRate * group.lrScale()).toList();
    }

    List<Double> decays() {
        return groups.stream().map(ParameterGroup::weightDecay).toList();
    }

    /** Begins an update. */
    void count() {
        updates++;
    }

    long updates() {
        return updates;
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
