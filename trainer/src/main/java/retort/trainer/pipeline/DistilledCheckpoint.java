package retort.trainer.pipeline;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import retort.place.Places;
import retort.record.Architecture;
import retort.settings.Section;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.model.VitShape;
import retort.trainer.objective.AlignedPair;
import retort.trainer.objective.Distill;
import retort.trainer.objective.Teacher;
import retort.trainer.objective.TeacherSource;
import retort.trainer.weights.HostTensor;

/**
 * The distillation that a checkpoint comes from, found again from the state that stands beside its weights: student, pairs and teacher.
 *
 * @param student shape of the student
 * @param objective the objective of its run, without the part that reconstructs
 * @param teacher the teacher of its run
 * @param weights weights of the student, as views of a mapped file
 */
public record DistilledCheckpoint(VitShape student, Distill objective, Teacher teacher, Map<String, HostTensor> weights) {
    private static final String OBJECTIVE = "distill";

    /**
     * Finds the teacher where the run had it. Blocking; any thread.
     *
     * @param weightsFile the weights file of the checkpoint
     * @param places finds a teacher in a bucket; belongs to the caller
     * @throws RunException if there is no state of a distilled run beside the file, or if its teacher is missing or has other weights now;
     *     the message says which
     */
    public static DistilledCheckpoint of(Path weightsFile, Places places) {
        final Checkpoint checkpoint = Checkpoint.beside(weightsFile)
                .orElseThrow(() -> new RunException("there is no state of a run beside " + weightsFile
                        + ", and without it the aligned blocks and the teacher are not known"));
        final TrainingState state = checkpoint.state();
        if (!state.objective().equals(OBJECTIVE))
            throw new RunException("run " + state.run() + " has objective " + state.objective() + ", not " + OBJECTIVE);
        final VitShape student = shape(state.architecture());
        try {
            final Distill.Factory factory = new Distill.Factory();
            final Section run = new Section(settings(state).withFallback(ConfigFactory.parseMap(factory.laterKeys())),
                    "run " + state.run());
            final Distill.Settings settings = (Distill.Settings) factory.settings(run);
            final TeacherSource source = settings.teacher()
                    .orElseThrow(() -> new RunException("the state beside " + weightsFile + " names no teacher"));
            final Path root = Optional.ofNullable(checkpoint.directory().toAbsolutePath().getParent()).map(Path::getParent)
                    .orElseThrow(() -> new RunException(weightsFile + " is not in a folder of checkpoints"));
            final Teacher teacher = Teachers.find(new CheckpointStore(root), places, state.run(), source, student);
            requireSame(state, teacher);
            final Distill whole = settings.with(student, teacher.shape());
            return new DistilledCheckpoint(student, new Distill(Optional.empty(), whole.visible(), whole.teacherVisible(),
                    teacher.shape(), whole.pairs(), whole.projection(), whole.comparison(), 0, 1), teacher, checkpoint.weights());
        } catch (ConfigException e) {
            throw new RunException("the settings of run " + state.run() + " beside " + weightsFile + " cannot be read: "
                    + e.getMessage(), e);
        }
    }

    /** Aligned blocks, in the order of the distances. */
    public List<AlignedPair> pairs() {
        return objective.pairs();
    }

    private static void requireSame(TrainingState state, Teacher teacher) {
        final String then = state.identity().settings().get(TeacherSource.KEY);
        if (!teacher.contentDigest().equals(then))
            throw new RunException("run " + state.run() + " was distilled from " + teacher.name() + " with weights " + then
                    + ", and the weights there are " + teacher.contentDigest() + " now");
    }

    /** The settings of the run as HOCON. The identity has the digest of the teacher in the place of its name. */
    private static Config settings(TrainingState state) {
        final Map<String, String> all = new HashMap<>(state.identity().settings());
        all.put(TeacherSource.KEY, state.teacher().map(DistilledCheckpoint::source).orElse(""));
        return ConfigFactory.parseString(all.entrySet().stream()
                .map(each -> each.getKey() + " = "
                        + (each.getValue().startsWith("[") ? each.getValue() : ConfigUtil.quoteString(each.getValue())))
                .collect(Collectors.joining("\n")));
    }

    /** {@code file:///path#model} as a setting names it: {@code file:/path#model}. */
    private static String source(String name) {
        return name.startsWith("file:///") ? "file:" + name.substring("file://".length()) : name;
    }

    private static VitShape shape(Architecture of) {
        return new VitShape(of.getImage(), of.getPatch(), of.getChannels(), of.getWidth(), of.getDepth(), of.getHeads());
    }
}
