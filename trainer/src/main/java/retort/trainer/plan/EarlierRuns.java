package retort.trainer.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import retort.record.Stream;
import retort.settings.SettingException;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.learn.StartingWeights;
import retort.trainer.model.Parameter;
import retort.trainer.model.VitShape;
import retort.trainer.objective.Start;
import retort.trainer.objective.Teacher;
import retort.trainer.objective.WeightsSource;
import retort.trainer.settings.RunSettings;
import retort.trainer.weights.WeightsException;

/** The results of runs, as far as they are known before the runs are trained, for runs that build on them. Confined to one thread. */
public final class EarlierRuns {
    /** The parameters of a classifier that decide how it teaches. */
    private static final Set<String> HEAD = Set.of("head.weight", "fc_norm.weight");

    private final Map<String, Known> runs = new HashMap<>();

    /** @param parameters the tensors of its checkpoints; empty if they are not known */
    private record Known(VitShape model, Optional<List<Parameter>> parameters) {
    }

    /**
     * Adds a run of which only the shape of the model is to be known, such as one whose teacher cannot be asked yet.
     *
     * @throws SettingException if the model cannot take the images of the stream
     */
    public void add(RunSettings run, Stream stream) {
        try {
            runs.put(run.name(), new Known(run.model().shape(stream.getHeight(), stream.getChannels()), Optional.empty()));
        } catch (IllegalArgumentException e) {
            throw new SettingException("run " + run.name() + " cannot train on images of " + stream.getHeight() + " px with "
                    + stream.getChannels() + " channels: " + e.getMessage());
        }
    }

    void add(String run, LearnerSpec spec) {
        runs.put(run, new Known(spec.model(), Optional.of(spec.objective().parameters(spec.model()))));
    }

    /** The shape of an added run. */
    Optional<VitShape> shape(String run) {
        return Optional.ofNullable(runs.get(run)).map(Known::model);
    }

    /** An added run as a teacher, with random weights of its head alone. Empty if the run is not added, or its head is not known. */
    Optional<Teacher> teacher(String run) {
        return Optional.ofNullable(runs.get(run))
                .flatMap(known -> known.parameters().map(parameters -> new Teacher("run:" + run, "",
                        known.model(),
                        RandomWeights.of(parameters.stream().filter(parameter -> HEAD.contains(parameter.name())).toList()))));
    }

    /**
     * Checks that a run can start from an added run.
     *
     * @throws SettingException if it cannot; the message names all that does not fit
     */
    void requireFits(RunSettings run, LearnerSpec spec) {
        run.objective().start().ifPresent(start -> {
            if (start.weights() instanceof WeightsSource.Run(String name))
                Optional.ofNullable(runs.get(name)).ifPresent(known -> known.parameters()
                        .ifPresent(parameters -> requireFits(run, spec, start, known.model().heads(), parameters)));
        });
    }

    private static void requireFits(RunSettings run, LearnerSpec spec, Start start, int heads, List<Parameter> parameters) {
        if (heads != spec.model().heads())
            throw new SettingException(Start.otherHeads(run.name(), spec.model().heads(), start.weights().toString(), heads));
        try {
            StartingWeights.of(spec, RandomWeights.of(parameters), start.weights().toString(), start.mayBeMissing(),
                    start.mayBeLeftOver(), start.allowed());
        } catch (WeightsException e) {
            throw new SettingException("run " + run.name() + " cannot begin: " + e.getMessage());
        }
    }
}
