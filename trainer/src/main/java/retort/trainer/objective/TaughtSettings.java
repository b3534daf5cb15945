package retort.trainer.objective;

import java.util.Optional;
import retort.record.Stream;
import retort.trainer.learn.Objective;
import retort.trainer.model.VitShape;

/** The settings of an objective that always has a teacher, of which only the shape decides the objective. */
interface TaughtSettings extends ObjectiveSettings {
    /** Source of the teacher. */
    TeacherSource from();

    /** The objective for these shapes. */
    Objective with(VitShape student, VitShape teacher);

    @Override
    default Optional<TeacherSource> teacher() {
        return Optional.of(from());
    }

    @Override
    default Objective with(VitShape vit, Stream stream, Optional<Teacher> teacher) {
        return with(vit, teacher.orElseThrow().shape());
    }
}
