package elsewhere;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import retort.record.Stream;
import retort.settings.SettingException;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;
import retort.trainer.pipeline.ListenedRun;
import retort.trainer.pipeline.RunListener;
import retort.trainer.pipeline.RunListenerFactory;
import retort.trainer.pipeline.RunOutcome;
import retort.trainer.pipeline.TrainedStep;

/**
 * A listener from outside the trainer's packages that notes every call. The beginning of a run's name decides its behaviour: it listens to
 * runs whose name begins with noted, failing or blocked, and its factory throws for refused and broken.
 */
public final class NoteTaker implements RunListener {
    private static final Map<String, NoteTaker> BY_RUN = new ConcurrentHashMap<>();

    public final List<String> calls = new CopyOnWriteArrayList<>();
    public final List<TrainedStep> steps = new CopyOnWriteArrayList<>();
    public final List<Double> learningRates = new CopyOnWriteArrayList<>();
    public final List<String> threads = new CopyOnWriteArrayList<>();
    public final CountDownLatch mayGoOn = new CountDownLatch(1);
    private final String run;

    private NoteTaker(String run) {
        this.run = run;
    }

    /** The factory. META-INF/services of the tests registers it. */
    public static final class Factory implements RunListenerFactory {
        @Override
        public String name() {
            return "notes";
        }

        @Override
        public Optional<RunListener> create(ListenedRun listened) {
            final String name = listened.run().name();
            if (name.startsWith("refused"))
                throw new SettingException("setting notes of run " + name + " is not allowed: call it something else");
            if (name.startsWith("broken"))
                throw new IllegalStateException("a factory's own mistake");
            if (!name.startsWith("noted") && !name.startsWith("failing") && !name.startsWith("blocked"))
                return Optional.empty();
            final NoteTaker made = new NoteTaker(name);
            BY_RUN.put(name, made);
            return Optional.of(made);
        }
    }

    /** The listener that was created last for a run. */
    public static NoteTaker of(String run) {
        return Optional.ofNullable(BY_RUN.get(run)).orElseThrow();
    }

    @Override
    public void saving(long step) {
        note("saving " + step);
    }

    @Override
    public void copied(long step, Duration pause) {
        note(pause.isNegative() ? "a pause of " + pause : "copied " + step);
    }

    @Override
    public void saved(Checkpoint checkpoint) {
        note("saved " + checkpoint.state().step());
    }

    @Override
    public void begun(Stream stream, TrainingState from) {
        note("begun " + stream.getName() + " " + from.step());
    }

    @Override
    public void waiting() {
        note("waiting");
    }

    @Override
    public void stepping() {
        note("stepping");
    }

    @Override
    public void taken(long step, ImagePosition end, double learningRate) {
        learningRates.add(learningRate);
        note("taken " + step);
    }

    @Override
    public void stepped(TrainedStep step) {
        steps.add(step);
        note("stepped " + step.number());
    }

    @Override
    public void ended(RunOutcome outcome) {
        note("ended " + outcome.getClass().getSimpleName());
    }

    private void note(String call) {
        calls.add(call);
        threads.add(Thread.currentThread().getName());
        if (run.startsWith("blocked"))
            try {
                mayGoOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        if (run.startsWith("failing"))
            throw new NoClassDefFoundError("a library of the listener");
    }
}
