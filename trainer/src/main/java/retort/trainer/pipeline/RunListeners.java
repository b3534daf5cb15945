package retort.trainer.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import retort.record.Stream;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;

/**
 * Passes every call on to several listeners, in their order, on the caller's thread. Any thread may call, and calls are passed on one at
 * a time. A listener that throws stops the run. So only the run's own listeners are called directly; each listener of a factory is
 * behind an {@link Observer}, which never throws.
 */
record RunListeners(List<RunListener> all) implements RunListener {
    RunListeners {
        all = List.copyOf(all);
    }

    @Override
    public void saving(long step) {
        tell(listener -> listener.saving(step));
    }

    @Override
    public void copied(long step, Duration pause) {
        tell(listener -> listener.copied(step, pause));
    }

    @Override
    public void saved(Checkpoint checkpoint) {
        tell(listener -> listener.saved(checkpoint));
    }

    @Override
    public void begun(Stream stream, TrainingState from) {
        tell(listener -> listener.begun(stream, from));
    }

    @Override
    public void waiting() {
        tell(RunListener::waiting);
    }

    @Override
    public void stepping() {
        tell(RunListener::stepping);
    }

    @Override
    public void taken(long step, ImagePosition end, double learningRate) {
        tell(listener -> listener.taken(step, end, learningRate));
    }

    @Override
    public void stepped(TrainedStep step) {
        tell(listener -> listener.stepped(step));
    }

    @Override
    public void ended(RunOutcome outcome) {
        tell(listener -> listener.ended(outcome));
    }

    private synchronized void tell(Consumer<RunListener> call) {
        all.forEach(call);
    }
}
