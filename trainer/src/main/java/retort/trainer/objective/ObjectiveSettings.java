package retort.trainer.objective;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import retort.record.CheckpointReady;
import retort.trainer.learn.Objective;
import retort.trainer.model.VitShape;

/**
 * The settings of an objective, without the shapes that come with a stream and a teacher. Immutable; any thread. Objects with equal
 * settings are equal.
 */
public interface ObjectiveSettings {
    /** The word after {@code objective =}. */
    String name();

    /** The teacher whose weights a run needs; empty without one. */
    default Optional<TeacherSource> teacher() {
        return Optional.empty();
    }

    /** The teachers beside {@link #teacher()}, in their order. */
    default List<TeacherSource> furtherTeachers() {
        return List.of();
    }

    /** All teachers, the first of them first. */
    default List<TeacherSource> teachers() {
        return Stream.concat(teacher().stream(), furtherTeachers().stream()).toList();
    }

    /** The weights that a run starts from; empty if all weights are drawn from the seed. */
    default Optional<Start> start() {
        return Optional.empty();
    }

    /**
     * Makes the objective of a run whose shapes are known.
     *
     * @param vit shape of the model that learns
     * @param stream the stream that the run reads
     * @param teacher present if {@link #teacher()} is present
     * @throws IllegalArgumentException if stream, teacher and settings do not agree; the message names the setting and the way out
     */
    Objective with(VitShape vit, retort.record.Stream stream, Optional<Teacher> teacher);

    /**
     * As the other method, for an objective that may have several teachers.
     *
     * @param teachers as many as {@link #teachers()}
     */
    default Objective with(VitShape vit, retort.record.Stream stream, List<Teacher> teachers) {
        return with(vit, stream, teachers.stream().findFirst());
    }

    /**
     * Adds to the announcement of a checkpoint the settings that are needed to evaluate it.
     *
     * @param patches number of patches of an image
     */
    default void announce(CheckpointReady.Builder event, int patches) {
        event.setNormPix(false).setMaskRatio(0);
    }

    /** All weights that a run needs before it can begin. */
    default List<WeightsSource> sources() {
        return Stream.concat(teachers().stream().map(TeacherSource::weights), start().map(Start::weights).stream()).toList();
    }
}
