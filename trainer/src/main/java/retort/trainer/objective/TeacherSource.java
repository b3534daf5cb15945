package retort.trainer.objective;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import retort.settings.Section;
import retort.trainer.model.Mlp;
import retort.trainer.model.PositionGrid;
import retort.trainer.pretrained.Hints;

/**
 * The source of the weights of a run's teacher.
 *
 * @param model shape of the encoder in a file that does not tell it all; empty to read the shape from the file
 * @param hints facts about the teacher that no tensor holds: its heads, the epsilon of its norms, its activation
 */
public record TeacherSource(WeightsSource weights, Optional<EncoderSettings> model, Hints hints) {
    /** Key of the weights in the settings of a run. */
    public static final String KEY = "teacher";
    /** Key of the encoder of a teacher in a file. */
    public static final String MODEL = "teacher-model";
    /** Key in the identity of a run: the number of heads of a teacher in a file, from whatever tells it. */
    public static final String HEADS = KEY + ".heads";
    /** Key in the identity of a run: the epsilon of the norms of a teacher in a file. */
    public static final String NORM_EPSILON = KEY + ".epsilon";
    private static final String EPSILON = "eps";
    private static final String ACTIVATION = "activation";
    private static final String POSITIONS = "positions";
    /** Keys that {@link #of} reads. */
    public static final Set<String> KEYS = Set.of(KEY, MODEL);

    /** @throws retort.settings.SettingException if the run names no teacher, or its teacher has another form than {@link WeightsSource} reads */
    public static TeacherSource of(Section run) {
        final Optional<EncoderSettings> model = run.isSection(MODEL) || run.optionalString(MODEL).isPresent()
                ? Optional.of(EncoderSettings.of(run, MODEL, Set.of(EPSILON, ACTIVATION, POSITIONS)))
                : Optional.empty();
        return new TeacherSource(WeightsSource.of(run, KEY), model,
                model.isPresent() ? hints(model.get(), run) : Hints.NONE);
    }

    private static Hints hints(EncoderSettings model, Section run) {
        final OptionalInt heads = OptionalInt.of(model.heads());
        if (!run.isSection(MODEL))
            return new Hints(heads, OptionalDouble.empty(), Optional.empty());
        final Section teacher = run.section(MODEL);
        return new Hints(heads,
                teacher.has(EPSILON) ? OptionalDouble.of(teacher.real(EPSILON, 1e-15, 0.1)) : OptionalDouble.empty(),
                teacher.has(ACTIVATION)
                        ? Mlp.named(teacher.oneOf(ACTIVATION, Set.of("gelu", "quick-gelu", "gelu-tanh")))
                        : Optional.empty(),
                teacher.has(POSITIONS) ? Optional.of(teacher.oneOf(POSITIONS, PositionGrid.Way.values())) : Optional.empty(),
                false);
    }

    /** As {@link #of}; empty if the run names no teacher. */
    public static Optional<TeacherSource> ifNamed(Section run) {
        return run.optionalString(KEY).map(_ -> of(run));
    }
}
