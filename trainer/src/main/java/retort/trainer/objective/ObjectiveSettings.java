package retort.trainer.objective;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import retort.record.CheckpointReady;
import retort.trainer.learn.Objective;
import retort.trainer.model.VitShape;

/**
 * An objective as the settings say it, without the shapes that come with a stream and a teacher. Immutable; any thread. Equal
 * settings are equal.
 */
public interface ObjectiveSettings {
    /** The word after {@code objective =}. */
    String name();

    /** The teacher whose weights a run needs; empty without one. */
    default Optional<TeacherSource> teacher() {
        return Optional.empty();
    }

    /** The weights that a run starts from; empty where all are drawn from the seed. */
    default Optional<Start> start() {
        return Optional.empty();
    }

    /**
     * Fills in the shapes.
     *
     * @param vit shape of the model that learns
     * @param stream the stream that the run reads
     * @param teacher present where {@link #teacher} is
     * @throws IllegalArgumentException where stream, teacher and settings do not agree: names the setting and the way out
     */
    Objective with(VitShape vit, retort.record.Stream stream, Optional<Teacher> teacher);

    /**
     * Adds to the announcement of a checkpoint what a reader must know to evaluate it.
     *
     * @param patches patches of an image
     */
    default void announce(CheckpointReady.Builder event, int patches) {
        event.setNormPix(false).setMaskRatio(0);
    }

    /** All weights that a run needs before it can begin. */
    default List<WeightsSource> sources() {
        return Stream.concat(teacher().map(TeacherSource::weights).stream(), start().map(Start::weights).stream()).toList();
    }
}
