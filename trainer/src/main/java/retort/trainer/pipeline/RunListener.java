package retort.trainer.pipeline;

import retort.record.Stream;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;

/**
 * Follows one run. Implement the methods you need; the others do nothing.
 *
 * <pre>{@code
 * final class LossPrinter implements RunListener {
 *     public void stepped(TrainedStep step) {
 *         System.out.println(step.number() + " " + step.losses().total());
 *     }
 * }
 * }</pre>
 *
 * A {@link RunListenerFactory} makes it, and one line in META-INF/services registers that factory.
 * <p>
 * <b>Order.</b> Calls come one at a time: {@code saved} (the checkpoint that the run begins with), {@code begun}, then for every step
 * {@code stepping}, {@code taken}, and later {@code stepped}, now and then {@code saving} and {@code saved}, and last {@code ended}. A run that cannot begin, or that has nothing
 * left to do, has no {@code begun}. {@code stepped} comes for every step in the order of steps. It comes after the {@code taken} of
 * the next step as a rule, because the losses of a step are read when the next step is on its way, so that a device never waits for
 * the host. Before {@code saved}, and before the {@code ended} of a run that has not failed, it has come for every step that is taken.
 * <p>
 * <b>Threads.</b> A listener of a factory has a thread of its own, {@code retort-listener-NAME-RUN}. Calls wait there in a queue, and
 * the run does not wait for them. A call that throws is logged and the next call comes all the same.
 * <p>
 * <b>How often.</b> Every call comes at most once, except {@code saved}. A run that is started again passes on its newest checkpoint
 * once more, because the process may have been killed before its listeners heard of it. A listener that is more than
 * {@value Observer#STEP_CALLS} calls behind loses {@code waiting}, {@code stepping}, {@code taken}, {@code stepped} and {@code saving} until it has
 * caught up; the number of lost calls is logged. {@code saved} and {@code begun} are lost only behind {@value Observer#CALLS} calls,
 * {@code ended} never. So a listener must not be the only keeper of something that has to be complete. After a resume, steps come
 * again that the killed process had taken after its last checkpoint.
 */
public interface RunListener {
    /**
     * A checkpoint is about to be written; every {@code stepped} up to it has come. Not called for the checkpoint that a new run begins
     * with.
     *
     * @param step number of steps that the run has taken
     */
    default void saving(long step) {
    }

    /** A checkpoint is on disk, whole. The first call of a run is for the checkpoint that it begins with, new or old. */
    default void saved(Checkpoint checkpoint) {
    }

    /**
     * Training begins.
     *
     * @param stream the stream that the run reads
     * @param from the state that training goes on from, as the checkpoint of the {@code saved} before has it
     */
    default void begun(Stream stream, TrainingState from) {
    }

    /** The run waits for the images of its next step. */
    default void waiting() {
    }

    /** The images of the next step are there, and its work begins. */
    default void stepping() {
    }

    /**
     * A step is taken: its images are used. Its losses are not known yet.
     *
     * @param step number of the step, from 1: the number of steps that the run has taken with it
     * @param end the place in the stream after its images
     * @param learningRate of this step
     */
    default void taken(long step, ImagePosition end, double learningRate) {
    }

    /** The losses of a step are read. The step is the one that {@link TrainedStep#number} names, not the one taken last. */
    default void stepped(TrainedStep step) {
    }

    /** The last call of a run. Release here what this listener holds. */
    default void ended(RunOutcome outcome) {
    }
}
