package retort.trainer.pipeline;

import org.jspecify.annotations.Nullable;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.engine.Engine;
import retort.trainer.images.ImagePosition;
import retort.trainer.settings.RunSettings;

/**
 * The work after a step: tells the run's listeners of the step, and saves the run if a checkpoint is due. Blocks; called between two
 * steps, one call at a time, on a thread that may wait for the engine.
 *
 * @param listener passes calls on to all listeners of the run
 */
record StepBook(RunSettings run, Engine engine, Stepper stepper, Saver saver, RunListener listener) {
    /** Called after every step, before the next one begins. */
    void finish(TakenStep step) {
        listener.taken(step.number(), step.end(), step.learningRate());
        step.measured().ifPresent(listener::stepped);
        if (run.checkpoints().due(step.number(), run.steps()))
            save(step.number(), step.end());
    }

    /**
     * Called when no more steps come: saves the run after its last step, unless that is done, and waits until its last checkpoint is on
     * disk and announced.
     *
     * @param last the step that was taken last; null if none was taken since {@code from}
     * @return number of steps that the run has taken
     */
    long conclude(@Nullable TakenStep last, TrainingState from) {
        if (last != null && saver.begunStep() < last.number())
            save(last.number(), last.end());
        saver.await();
        return last == null ? from.step() : last.number();
    }

    private void save(long step, ImagePosition end) {
        engine.call(stepper::readLast).ifPresent(listener::stepped);
        final long since = System.nanoTime();
        listener.saving(step);
        listener.copied(step, saver.begin(step, end, since));
    }
}
