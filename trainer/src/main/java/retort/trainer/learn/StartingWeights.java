package retort.trainer.learn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import retort.trainer.model.Initialization;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.PositionGrid;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.StateDictFit;

/** First weights from another model's: a classifier from a distilled checkpoint, say. Any thread. */
public final class StartingWeights {
    private StartingWeights() {
    }

    /**
     * Everything of {@code given} that has a place in the model; the rest of the model, such as a classifier's head, as drawn from
     * the seed. Position tables of another grid are resized. A head or decoder of another shape is left out.
     *
     * @return all of the model's parameters, for {@link Learner#restore}
     * @throws IllegalArgumentException where {@code given} lacks a part of the trunk or has it in another shape, naming it
     */
    public static Map<String, HostTensor> from(LearnerSpec spec, Map<String, HostTensor> given) {
        final List<Parameter> parameters = spec.objective().parameters(spec.model());
        final Map<String, long[]> places = new LinkedHashMap<>();
        parameters.forEach(parameter -> places.put(parameter.name(), parameter.dimensions()));
        final Map<String, HostTensor> resized = new LinkedHashMap<>(given);
        parameters.stream().filter(parameter -> parameter.start() == Parameter.Start.POSITIONS)
                .forEach(parameter -> resized.computeIfPresent(parameter.name(),
                        (_, table) -> PositionGrid.resize(table, PositionGrid.side(parameter.shape().get(1)))));
        final StateDictFit fit = StateDictFit.of(resized, places);
        final TreeSet<String> wanting = new TreeSet<>(fit.missing());
        fit.misshapen().forEach((name, how) -> wanting.add(name + " " + how));
        final List<String> trunk = Parameters.trunk(spec.model(), spec.model().depth()).stream().map(Parameter::name).toList();
        wanting.removeIf(name -> !trunk.contains(name.split(" ", 2)[0]));
        if (!wanting.isEmpty())
            throw new IllegalArgumentException("the weights to start from do not fit the model: " + String.join("; ", wanting));
        final Map<String, HostTensor> all = Initialization.draw(parameters, spec.seed());
        all.putAll(fit.fitting());
        return all;
    }
}
