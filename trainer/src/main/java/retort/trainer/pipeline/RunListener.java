package retort.trainer.pipeline;

import java.time.Duration;
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
 * {@code stepping}, {@code taken}, and later {@code stepped}; for every checkpoint {@code saving}, {@code copied} and {@code saved}; and
 * last {@code ended}. A run that cannot begin, or that has no steps left, has no {@code begun}. {@code stepped} comes for every step, in
 * the order of the steps. It usually comes after the {@code taken} of the next step, because the losses of a step are read when the next
 * step is queued, so that a device never waits for the host. Before {@code saving}, {@code stepped} has come for every step that the
 * checkpoint contains; before the {@code ended} of a run that has not failed, for every step that is taken. A checkpoint is written while
 * training goes on, so calls about later steps come between {@code copied} and {@code saved}. The {@code saved} of a checkpoint comes
 * before the {@code copied} of the next one.
 * <p>
 * <b>Threads.</b> A listener of a factory has a thread of its own, {@code retort-listener-NAME-RUN}. Calls wait there in a queue, and
 * the run does not wait for them. If a call throws, the exception is logged, and the next call comes as usual.
 * <p>
 * <b>Number of calls.</b> A call about a step or a checkpoint comes at most once, except {@code saved}: a run that is started again
 * passes on its newest checkpoint once more, because the process may have been killed before its listeners got the call. If more than
 * {@value Observer#STEP_CALLS} calls wait, the listener loses {@code waiting}, {@code stepping}, {@code taken}, {@code stepped},
 * {@code saving} and {@code copied} until it has caught up; the number of lost calls is logged. {@code saved} and {@code begun} are lost only if
 * {@value Observer#CALLS} calls wait; {@code ended} is never lost. So do not use a listener as the only keeper of data that must be
 * complete. After a resume, the steps that a killed process took after its last checkpoint come again.
 */
public interface RunListener {
    /**
     * A checkpoint is about to be copied and written; every {@code stepped} up to it has come. Not called for the checkpoint that a new run begins
     * with.
     *
     * @param step number of steps that the run has taken
     */
    default void saving(long step) {
    }

    /**
     * The state of a checkpoint is copied, and training goes on while the copy is written.
     *
     * @param step number of steps that the run has taken
     * @param pause time for which training has stood still: until the checkpoint before was on disk, and for the copy
     */
    default void copied(long step, Duration pause) {
    }

    /** A checkpoint is on disk, whole, and announced. The first call of a run is for the checkpoint that it begins with, new or old. */
    default void saved(Checkpoint checkpoint) {
    }

    /**
     * Training begins.
     *
     * @param stream the stream that the run reads
     * @param from the state that training goes on from; it is the state of the checkpoint in the {@code saved} before
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
     * @param learningRate learning rate of this step
     */
    default void taken(long step, ImagePosition end, double learningRate) {
    }

    /** The losses of a step are read. {@link TrainedStep#number} names the step; it is usually not the step that was taken last. */
    default void stepped(TrainedStep step) {
    }

    /** The run has ended. This is its last call: release the listener's files and connections here. */
    default void ended(RunOutcome outcome) {
    }
}
