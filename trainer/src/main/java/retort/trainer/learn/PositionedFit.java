package retort.trainer.learn;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.PositionGrid;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.StateDictFit;
import retort.trainer.weights.WeightsException;

/** Fits tensors to parameters. Resizes position tables of another grid to the grid of the model first. Any thread. */
final class PositionedFit {
    private PositionedFit() {
    }

    /**
     * @param source origin of {@code given}, for messages
     * @throws WeightsException if a position table does not belong to a square grid
     */
    static StateDictFit of(List<Parameter> parameters, Map<String, HostTensor> given, String source) {
        final Map<String, HostTensor> resized = new LinkedHashMap<>(given);
        for (final Parameter parameter : parameters)
            if (parameter.start() == Parameter.Start.POSITIONS)
                resized.computeIfPresent(parameter.name(), (name, table) -> resized(name, table, parameter, source));
        return StateDictFit.of(resized, Parameters.places(parameters));
    }

    private static HostTensor resized(String name, HostTensor table, Parameter place, String source) {
        try {
            return PositionGrid.isTable(table) ? PositionGrid.resize(table, PositionGrid.side(place.shape().get(1))) : table;
        } catch (IllegalArgumentException e) {
            throw new WeightsException("weights from " + source + " do not fit the model: " + name + ": " + e.getMessage(), e);
        }
    }
}
