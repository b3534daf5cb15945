package retort.trainer.objective;

import java.util.Optional;
import java.util.Set;
import retort.settings.Section;

/**
 * Where the weights of a run's teacher come from.
 *
 * @param model encoder of a file that does not say it all; empty to read it from the file
 */
public record TeacherSource(WeightsSource weights, Optional<EncoderSettings> model) {
    /** Key of the weights. */
    public static final String KEY = "teacher";
    /** Keys that {@link #of} reads. */
    public static final Set<String> KEYS = Set.of(KEY, "teacher-model");

    /** @throws retort.settings.SettingException where the run names no teacher, or one that is not run:NAME or file:PATH */
    public static TeacherSource of(Section run) {
        return new TeacherSource(WeightsSource.of(run, KEY),
                run.isSection("teacher-model") || run.optionalString("teacher-model").isPresent()
                        ? Optional.of(EncoderSettings.of(run, "teacher-model"))
                        : Optional.empty());
    }

    /** The same, empty where the run names no teacher. */
    public static Optional<TeacherSource> ifNamed(Section run) {
        return run.optionalString(KEY).map(_ -> of(run));
    }
}
