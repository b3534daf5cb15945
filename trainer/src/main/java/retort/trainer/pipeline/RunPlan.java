package retort.trainer.pipeline;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import retort.record.Architecture;
import retort.record.Stream;
import retort.settings.SettingException;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.engine.Engine;
import retort.trainer.images.ImagePosition;
import retort.trainer.learn.Learner;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.learn.LearnerStart;
import retort.trainer.learn.Objective;
import retort.trainer.learn.PixelStatistics;
import retort.trainer.learn.StartingWeights;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Pooling;
import retort.trainer.model.VitShape;
import retort.trainer.settings.ObjectiveSettings;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.WeightsSource;
import retort.trainer.weights.HostTensor;
import retort.trainer.weights.WeightsFile;

/** A run's settings with all that its stream and its teacher add to them. */
record RunPlan(RunSettings run, Stream stream, LearnerSpec spec, Optional<Teacher> teacher) {

    /** @throws RunException where the teacher is not to be had, SettingException where shapes do not fit */
    static RunPlan of(RunSettings run, Stream stream, CheckpointStore store) {
        if (stream.getHeight() != stream.getWidth())
            throw new SettingException("run " + run.name() + " cannot read stream " + stream.getName() + ": its images are "
                    + stream.getHeight() + "x" + stream.getWidth() + ", and a model takes square ones");
        final VitShape model = run.model().shape(stream.getHeight(), stream.getChannels());
        final Optional<Teacher> teacher = switch (run.objective()) {
            case ObjectiveSettings.Pretrain _ -> Optional.empty();
            case ObjectiveSettings.Distill distill ->
                Optional.of(Teachers.find(store, run.name(), distill.teacher(), distill.teacherModel(), model));
            case ObjectiveSettings.Finetune finetune -> finetune.teacher()
                    .map(from -> Teachers.find(store, run.name(), from.source(), from.model(), model));
        };
        final Objective objective = switch (run.objective()) {
            case ObjectiveSettings.Pretrain pretrain -> pretrain.with(model);
            case ObjectiveSettings.Distill distill -> distill.with(model, teacher.orElseThrow().shape());
            case ObjectiveSettings.Finetune finetune -> finetune.with(Classes.of(run.name(), finetune, stream, teacher),
                    teacher.map(Teacher::shape), teacher.map(Teacher::pooling).orElse(Pooling.MEAN));
        };
        return new RunPlan(run, stream, new LearnerSpec(model, objective, run.optimizer(), run.precision(),
                new PixelStatistics(stream.getMean(), stream.getStd()), run.seed()), teacher);
    }

    /**
     * Engine's thread only; the caller closes it.
     *
     * @throws RunException where weights do not fit, naming those that do not
     */
    Learner open(Engine engine, LearnerStart start) {
        try {
            return Learner.create(engine, spec, teacher.map(Teacher::weights).orElse(Map.of()), start);
        } catch (IllegalArgumentException e) {
            throw new RunException("run " + run.name() + " cannot begin: " + e.getMessage(), e);
        }
    }

    /**
     * What it begins with: the last checkpoint if there is one; otherwise what its settings say, which is not looked at again.
     * Blocking, any thread.
     *
     * @throws RunException where that is not to be had, WeightsException where it does not fit
     */
    LearnerStart start(CheckpointStore store, Optional<Checkpoint> latest) {
        if (latest.isPresent())
            return new LearnerStart.Saved(latest.get().weights(), latest.get().optimizer());
        if (!(run.objective() instanceof final ObjectiveSettings.Finetune finetune) || finetune.init().isEmpty())
            return new LearnerStart.Drawn();
        final WeightsSource source = finetune.init().get();
        final Map<String, HostTensor> given = switch (source) {
            case WeightsSource.Run(String name) ->
                FinishedRuns.last(store, run.name(), "what it starts from", name).weights();
            case WeightsSource.File(Path path) -> WeightsFile.read(path);
        };
        return new LearnerStart.Given(StartingWeights.of(spec, given, source.toString(), finetune.initAllow()));
    }

    int imageBytes() {
        return stream.getHeight() * stream.getWidth() * stream.getChannels();
    }

    /** Before the first step. */
    TrainingState initial(int threads, long startSequence) {
        final SortedMap<String, String> settings = new TreeMap<>(run.shaping());
        settings.put(Resumption.STREAM_HASH, stream.getSettingsHash());
        final ImagePosition start = ImagePosition.at(startSequence);
        return new TrainingState(run.name(), 0, run.steps(), run.stream(), startSequence, start.next(), start.imagesUsed(),
                settings,
                threads, run.seed(), run.objective().word(), architecture(), teacher.map(Teacher::name),
                teacher.map(Teacher::sha256));
    }

    private Architecture architecture() {
        final Optional<DecoderShape> decoder = switch (spec.objective()) {
            case Objective.Pretrain pretrain -> Optional.of(pretrain.reconstruction().decoder());
            case Objective.Distill distill -> distill.reconstruction().map(Objective.Reconstruction::decoder);
            case Objective.Finetune _ -> Optional.empty();
        };
        final Optional<Objective.Finetune> classifier = spec.objective() instanceof Objective.Finetune finetune
                ? Optional.of(finetune)
                : Optional.empty();
        final VitShape model = spec.model();
        return new Architecture(model.image(), model.patch(), model.channels(), model.width(), model.depth(), model.heads(),
                decoder.map(DecoderShape::width).orElse(0), decoder.map(DecoderShape::depth).orElse(0),
                decoder.map(DecoderShape::heads).orElse(0),
                classifier.map(Objective.Finetune::classes).orElse(0),
                classifier.map(finetune -> finetune.pooling().toString()).orElse(""));
    }
}
