package retort.trainer.pipeline;

import java.util.List;
import java.util.Optional;
import retort.place.Places;
import retort.record.Architecture;
import retort.record.Stream;
import retort.settings.Identity;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.engine.Engine;
import retort.trainer.images.ImagePosition;
import retort.trainer.learn.Learner;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.learn.LearnerStart;
import retort.trainer.learn.PixelStatistics;
import retort.trainer.learn.StartingWeights;
import retort.trainer.model.VitShape;
import retort.trainer.objective.SecondTeacher;
import retort.trainer.objective.Start;
import retort.trainer.objective.Teacher;
import retort.trainer.objective.TeacherSource;
import retort.trainer.objective.WeightsSource;
import retort.trainer.settings.RunSettings;

/**
 * The settings of a run with everything that its stream, its teacher and its first weights add to them.
 *
 * @param teachers the first of them is the one that checkpoints name
 * @param identity everything that shapes the result, except the number of the engine's threads
 * @param given weights that the run starts from; empty if they are drawn, or if the run has a checkpoint and these weights are gone
 */
record RunPlan(RunSettings run, Stream stream, LearnerSpec spec, List<Teacher> teachers, Identity identity,
        Optional<FoundWeights> given) {
    /**
     * Makes the plan of a run. Blocking; any thread.
     *
     * @param run with a precision that is not {@code auto} any more
     * @param latest the checkpoint that the run goes on from; empty for a new run
     * @throws RunException if the teacher or the first weights are not found, or do not fit the settings and the stream
     */
    static RunPlan of(RunSettings run, Stream stream, CheckpointStore store, Places places, Optional<Checkpoint> latest) {
        final VitShape model = model(run, stream);
        final List<Teacher> teachers = run.objective().teachers().stream()
                .map(source -> Teachers.find(store, places, run.name(), source, model)).toList();
        final Optional<Teacher> teacher = teachers.stream().findFirst();
        final Optional<String> kept = latest.map(last -> last.state().identity().settings().get(Start.KEY));
        final Optional<FoundWeights> given = run.objective().start()
                .filter(start -> kept.isEmpty() || FoundWeights.isThere(store, places, start.weights()))
                .map(start -> FoundWeights.of(store, places, run.name(), "what it starts from", start.weights()));
        final Optional<String> start = run.objective().start()
                .flatMap(_ -> given.map(FoundWeights::contentDigest).or(() -> kept));
        Identity identity = run.identity().with(Resumption.STREAM_HASH, stream.getSettingsHash());
        if (teacher.isPresent())
            identity = identity.with(TeacherSource.KEY, teacher.get().contentDigest());
        if (teacher.isPresent()
                && run.objective().teacher().map(TeacherSource::weights).orElseThrow() instanceof WeightsSource.File)
            identity = identity.with(TeacherSource.HEADS, Integer.toString(teacher.get().shape().heads()))
                    .with(TeacherSource.NORM_EPSILON, Double.toString(teacher.get().shape().variant().epsilon()));
        if (teachers.size() > 1)
            identity = SecondTeacher.in(identity, teachers.get(1));
        if (start.isPresent())
            identity = identity.with(Start.KEY, start.get());
        return new RunPlan(run, stream, spec(run, stream, model, teachers), teachers, identity, given);
    }

    /** This plan with a number of micro-batches. */
    RunPlan withMicroBatches(int parts) {
        final RunSettings chosen = run.withMicroBatches(parts);
        return new RunPlan(chosen, stream, new LearnerSpec(spec.model(), spec.objective(), chosen.optimizer(), spec.precision(),
                spec.pixels(), spec.seed()), teachers, identity.with(RunSettings.MICRO_BATCHES, Integer.toString(parts)), given);
    }

    private static VitShape model(RunSettings run, Stream stream) {
        if (stream.getHeight() != stream.getWidth())
            throw new RunException("run " + run.name() + " cannot read stream " + stream.getName() + ": its images are "
                    + stream.getHeight() + "x" + stream.getWidth() + ", and a model takes square ones");
        try {
            return run.model().shape(stream.getHeight(), stream.getChannels());
        } catch (IllegalArgumentException e) {
            throw new RunException("run " + run.name() + " cannot read stream " + stream.getName() + " with model = "
                    + run.model() + ": " + e.getMessage(), e);
        }
    }

    private static LearnerSpec spec(RunSettings run, Stream stream, VitShape model, List<Teacher> teachers) {
        try {
            return new LearnerSpec(model, run.objective().with(model, stream, teachers), run.optimizer(),
                    run.precision().orElseThrow(),
                    new PixelStatistics(stream.getMean(), stream.getStd()), run.seed());
        } catch (IllegalArgumentException e) {
            throw new RunException("run " + run.name() + " cannot begin on stream " + stream.getName() + ": " + e.getMessage(),
                    e);
        }
    }

    /**
     * Makes the learner. Engine's thread only.
     *
     * @return the learner; the caller closes it
     * @throws RunException if weights do not fit; the message names all that do not
     */
    Learner open(Engine engine, LearnerStart start) {
        try {
            return Learner.create(engine, spec, SecondTeacher.together(teachers), start);
        } catch (IllegalArgumentException e) {
            throw new RunException("run " + run.name() + " cannot begin: " + e.getMessage(), e);
        }
    }

    /**
     * The tensors that the run begins with. They come from its last checkpoint if there is one, otherwise from its settings. Blocking; any
     * thread.
     *
     * @throws RunException if the weights that it starts from have another number of heads than the model
     * @throws retort.trainer.weights.WeightsException if the weights that it starts from do not fit
     */
    LearnerStart start(Optional<Checkpoint> latest) {
        if (latest.isPresent())
            return new LearnerStart.Saved(latest.get().weights(), latest.get().optimizer());
        final Optional<Start> start = run.objective().start();
        if (start.isEmpty() || given.isEmpty())
            return new LearnerStart.Drawn();
        given.get().requireSame(run.name(), spec.model().heads(), start.get().allowed());
        return new LearnerStart.Given(StartingWeights.of(spec, given.get().tensors(), given.get().name(),
                start.get().mayBeMissing(), start.get().mayBeLeftOver(), start.get().allowed()));
    }

    /** Bytes of the pixels of an image. */
    int imageBytes() {
        return stream.getHeight() * stream.getWidth() * stream.getChannels();
    }

    /** The state of a run before its first step. */
    TrainingState initial(int threads, long startSequence) {
        final ImagePosition start = ImagePosition.at(startSequence);
        return new TrainingState(run.name(), 0, run.steps(), run.stream(), startSequence, start.next(), start.imagesUsed(),
                run.skip(), identity.with(Resumption.THREADS, Integer.toString(threads)), run.objective().name(), architecture(),
                teachers.stream().findFirst().map(Teacher::name));
    }

    private Architecture architecture() {
        final VitShape model = spec.model();
        final Architecture.Builder architecture = Architecture.newBuilder().setImage(model.image()).setPatch(model.patch())
                .setChannels(model.channels()).setWidth(model.width()).setDepth(model.depth()).setHeads(model.heads());
        spec.objective().describe(architecture);
        return architecture.build();
    }
}
