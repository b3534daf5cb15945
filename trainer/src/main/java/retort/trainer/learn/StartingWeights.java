package retort.trainer.learn;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import retort.trainer.model.Parameter;
import retort.trainer.model.Pooling;
import retort.trainer.model.PositionGrid;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.StateDictFit;
import retort.trainer.weights.WeightsException;

/** First weights of a classifier from another model's: a distilled checkpoint, say. Any thread. */
public final class StartingWeights {
    /** What a model that never saw labels lacks. */
    private static final List<String> DRAWN = List.of("head.*", "fc_norm.*");
    /** What it has besides. */
    private static final List<String> LEFT_OUT = List.of("mask_token", "decoder_*", "aligned_feature_projection_heads.*");

    private StartingWeights() {
    }

    /**
     * Everything of {@code given} that has a place in the classifier. Position tables of another grid are resized. Head and
     * {@code fc_norm} may be missing; decoder, projection heads and the norm that the pooling has no use for may be left over.
     *
     * @param source where {@code given} comes from, for messages
     * @param allowed names, {@code *} for any text, of tensors that may be missing, left over or of another shape besides
     * @throws WeightsException that lists by name all that does not fit
     */
    public static SortedMap<String, HostTensor> of(LearnerSpec spec, Map<String, HostTensor> given, String source,
            Collection<String> allowed) {
        final Map<String, long[]> places = new LinkedHashMap<>();
        final Map<String, HostTensor> resized = new LinkedHashMap<>(given);
        for (final Parameter parameter : spec.objective().parameters(spec.model())) {
            places.put(parameter.name(), parameter.dimensions());
            if (parameter.start() == Parameter.Start.POSITIONS)
                resized.computeIfPresent(parameter.name(), (name, table) -> resized(name, table, parameter, source));
        }
        return StateDictFit.of(resized, places).allowing(DRAWN, leftOut(spec.objective())).allowing(allowed).orRefuse(source,
                "the classifier", "init-allow");
    }

    private static List<String> leftOut(Objective objective) {
        final List<String> names = new ArrayList<>(LEFT_OUT);
        if (objective instanceof Objective.Finetune finetune)
            names.add(finetune.pooling() == Pooling.MEAN ? "norm.*" : "fc_norm.*");
        return names;
    }

    private static HostTensor resized(String name, HostTensor table, Parameter place, String source) {
        try {
            return PositionGrid.isTable(table) ? PositionGrid.resize(table, PositionGrid.side(place.shape().get(1))) : table;
        } catch (IllegalArgumentException e) {
            throw new WeightsException("weights from " + source + " do not fit the classifier: " + name + ": " + e.getMessage(),
                    e);
        }
    }
}
