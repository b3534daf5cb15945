package retort.trainer.pipeline;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import retort.kafka.Broker;
import retort.place.Places;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.objective.SecondTeacher;
import retort.trainer.objective.Start;
import retort.trainer.objective.TeacherSource;
import retort.trainer.objective.WeightsSource;
import retort.trainer.settings.RunSettings;
import retort.trainer.weights.WeightsException;

/** Compares the checkpoints that a run has left with settings, because its figures are those of the settings that it was made under. Blocking; any thread. */
public record SavedRun(Broker broker, CheckpointStore store, Places places) {
    /**
     * The difference between the last checkpoint of a run and settings. A teacher and first weights are compared if they are still there.
     *
     * @return a sentence; empty if there is no difference or no checkpoint
     */
    public Optional<String> difference(RunSettings now) {
        final Optional<Checkpoint> latest = store.latest(now.name());
        if (latest.isEmpty())
            return Optional.empty();
        try {
            Resumption.requireSame(latest.get(), Resumption.lasting(LeftOpen.asKept(now, latest.get()), latest.get(),
                    () -> broker.streams().find(now.stream())));
            requireSameWeights(latest.get(), now);
            return Optional.empty();
        } catch (RunException | WeightsException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** @throws RunException if the run had another teacher, or started from other weights, than its settings name now */
    void requireSameWeights(Checkpoint checkpoint, RunSettings now) {
        final List<TeacherSource> teachers = now.objective().teachers();
        for (int i = 0; i < teachers.size(); i++) {
            final TeacherSource teacher = teachers.get(i);
            if ((i == 0 && isNamed(teacher.weights(), checkpoint)) || !FoundWeights.isThere(store, places, teacher.weights()))
                continue;
            final String key = i == 0 ? TeacherSource.KEY : SecondTeacher.WEIGHTS;
            if (kept(checkpoint, key).isPresent()) // an older version kept none
                require(checkpoint, key, teacher.weights(), Teachers
                        .find(store, places, now.name(), teacher, Teachers.shape(checkpoint.state().architecture()))
                        .contentDigest());
        }
        now.objective().start().map(Start::weights).filter(source -> !isRemote(source))
                .filter(source -> FoundWeights.isThere(store, places, source))
                .ifPresent(source -> require(checkpoint, Start.KEY, source,
                        FoundWeights.of(store, places, now.name(), "what it starts from", source).contentDigest()));
        if (now.objective().start().isEmpty() && kept(checkpoint, Start.KEY).isPresent())
            throw other(checkpoint, "started from other weights");
    }

    /** True for the file that the checkpoint names, which need not be read. A run of the same name may have been trained again. */
    private boolean isNamed(WeightsSource source, Checkpoint checkpoint) {
        return source instanceof final WeightsSource.File file && checkpoint.state().teacher()
                .equals(Optional.of(Places.address(file.path(places)) + file.model().map(model -> "#" + model).orElse("")));
    }

    /** A finished run does not ask the network for the weights that it started from. */
    private static boolean isRemote(WeightsSource source) {
        return source instanceof final WeightsSource.File file && Places.isPlace(file.place());
    }

    private static void require(Checkpoint checkpoint, String key, WeightsSource now, String digest) {
        if (!kept(checkpoint, key).equals(Optional.of(digest)))
            throw other(checkpoint, "had other weights than those of " + now + " as " + key);
    }

    private static Optional<String> kept(Checkpoint checkpoint, String key) {
        final Map<String, String> settings = checkpoint.state().identity().settings();
        return Optional.ofNullable(settings.get(key));
    }

    private static RunException other(Checkpoint checkpoint, String difference) {
        return new RunException("run " + checkpoint.state().run() + " has a checkpoint at step " + checkpoint.state().step()
                + " and " + difference + "; put them back, or give the run another name to begin anew");
    }
}
