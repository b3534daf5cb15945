package retort.trainer.plan;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import retort.place.Places;
import retort.record.Stream;
import retort.settings.SettingException;
import retort.trainer.learn.LearnerSpec;
import retort.trainer.learn.PixelStatistics;
import retort.trainer.learn.Precision;
import retort.trainer.model.Parameter;
import retort.trainer.model.VitShape;
import retort.trainer.objective.EncoderSettings;
import retort.trainer.objective.Teacher;
import retort.trainer.objective.TeacherSource;
import retort.trainer.objective.WeightsSource;
import retort.trainer.pretrained.PretrainedEncoder;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.TrainerSettings;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;

/**
 * The cost of one run.
 *
 * @param run with its number of steps
 * @param operations floating-point operations of a step for one image; empty if the objective does not count them
 * @param imageBytes bytes of the pixels of an image
 * @param memory bytes of native memory without activations, by what they are for
 */
public record RunCost(RunSettings run, LearnerSpec spec, OptionalLong operations, long imageBytes, Memory memory) {
    private static final int FLOAT = Float.BYTES;
    /** A run has this many pixel buffers outside the heap. */
    private static final int PIXEL_BUFFERS = 4;

    /**
     * Bytes of native memory of a run.
     *
     * @param state weights, their gradients, and both moments of the optimiser
     * @param copy the copy of weights and moments from which a checkpoint is written
     * @param teacher weights of the frozen teacher, as far as it is computed
     * @param pixels buffers of the images of a step
     */
    public record Memory(long state, long copy, long teacher, long pixels) {
        public long total() {
            return state + copy + teacher + pixels;
        }
    }

    /**
     * Counts the cost of all runs. Blocks while files of teachers are read; any thread.
     *
     * @param stream size and statistics of the images, and the samples of an epoch if runs are measured in epochs
     * @param auto precision of runs with {@code precision = auto}
     * @throws SettingException if a run cannot train on the stream, or the shape of its teacher is not known
     */
    public static List<RunCost> of(TrainerSettings settings, Stream stream, Precision auto) {
        final EarlierRuns earlier = new EarlierRuns();
        return settings.runs().stream().map(run -> of(run, stream, auto, earlier)).toList();
    }

    /**
     * Counts the cost of one run, and adds the run to {@code earlier}. Blocks while a teacher's file is read; any thread.
     *
     * @param earlier the runs that stand before it
     * @throws SettingException if the run cannot train on the stream, or cannot build on an earlier run as it is, or the shape of its teacher
     *     is not known
     */
    public static RunCost of(RunSettings given, Stream stream, Precision auto, EarlierRuns earlier) {
        final RunSettings run = given.with(auto).on(stream);
        final LearnerSpec spec;
        try {
            final VitShape model = run.model().shape(stream.getHeight(), stream.getChannels());
            final List<Teacher> teachers = run.objective().teachers().stream()
                    .map(source -> teacher(run, source, model, earlier, stream.getClassNames().size())).toList();
            spec = new LearnerSpec(model, run.objective().with(model, stream, teachers), run.optimizer(),
                    run.precision().orElseThrow(), new PixelStatistics(stream.getMean(), stream.getStd()), run.seed());
        } catch (IllegalArgumentException e) {
            throw new SettingException("run " + run.name() + " cannot train on images of " + stream.getHeight() + " px with "
                    + stream.getChannels() + " channels: " + e.getMessage());
        }
        earlier.requireFits(run, spec);
        earlier.add(run.name(), spec);
        final long imageBytes = (long) stream.getHeight() * stream.getWidth() * stream.getChannels();
        return new RunCost(run, spec, spec.objective().operations(spec.model()), imageBytes,
                memory(spec, run.batch() * imageBytes));
    }

    private static Memory memory(LearnerSpec spec, long batchBytes) {
        final long all = elements(spec.objective().parameters(spec.model()));
        final long trained = elements(spec.objective().trained(spec.model()));
        final long frozen = elements(spec.objective().teacherParameters());
        return new Memory(FLOAT * (all + 3 * trained), 3 * FLOAT * trained,
                frozen * (spec.precision() == Precision.BFLOAT16 ? 2 : FLOAT), PIXEL_BUFFERS * batchBytes);
    }

    private static long elements(List<Parameter> parameters) {
        return parameters.stream().mapToLong(Parameter::elements).sum();
    }

    /** A teacher with its shape alone. A teacher that is an earlier run of the settings need not be trained, and a file need not exist. */
    private static Teacher teacher(RunSettings run, TeacherSource source, VitShape student, EarlierRuns earlier, int classes) {
        if (source.weights() instanceof WeightsSource.Run(String name) && earlier.teacher(name).isPresent())
            return earlier.teacher(name).get();
        final VitShape shape = switch (source.weights()) {
            case WeightsSource.Run(String name) when earlier.shape(name).isPresent() -> earlier.shape(name).get();
            case WeightsSource.Run(String name) -> source.model().map(model -> shape(model, student))
                    .orElseThrow(() -> new SettingException("run " + run.name() + " has run:" + name
                            + " as its teacher, which is no earlier run of trainer.runs: add it, or set teacher-model"));
            case WeightsSource.File file when !Places.isPlace(file.place()) && Files.exists(Path.of(file.place())) ->
                PretrainedEncoder.read(Path.of(file.place()), file.model(), source.hints()).shape(student.image());
            case WeightsSource.File file -> source.model().map(model -> shape(model, student))
                    .orElseThrow(() -> new SettingException("run " + run.name() + " has " + file
                            + " as its teacher, which is not on this disk: give the file, or set teacher-model for its shape"));
        };
        // A head makes it a classifier for a run that fine-tunes with it; any other run leaves the head aside.
        return new Teacher(source.weights().toString(), "", shape, Map.of("head.weight",
                new HostTensor(DType.F32, new long[]{classes, 0}, ByteBuffer.allocate(0))));
    }

    private static VitShape shape(EncoderSettings model, VitShape student) {
        return model.shape(student.image(), student.channels());
    }

    /** Number of images of the whole run. */
    public long images() {
        return Math.multiplyExact(run.steps(), (long) run.batch());
    }

    /** Bytes of the pixels that the run reads from the broker. */
    public long pixelBytes() {
        return Math.multiplyExact(images(), imageBytes);
    }
}
