package retort.trainer.watch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import retort.metrics.Gauges;
import retort.record.Stream;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;
import retort.trainer.pipeline.RunListener;
import retort.trainer.pipeline.TrainedStep;
import retort.trainer.settings.RunSettings;

/**
 * Records the figures of a run in Micrometer's global registry, with the tag {@code run}. Times are from call to call, as this listener gets
 * them. Counters begin with the process.
 */
final class RunMetrics implements RunListener {
    private static final double NANOS = 1e9;

    private final Tags run;
    private final int batch;
    private final Counter steps;
    private final Counter images;
    private final Timer waiting;
    private final Timer stepping;
    private final Timer saving;
    private final Timer pause;
    private final Map<String, Figure> losses = new ConcurrentHashMap<>();
    private final Figure step = new Figure();
    private final Figure sequence = new Figure();
    private final Figure rate = new Figure();
    private final Figure norm = new Figure();
    private final Figure target = new Figure();
    private final Figure savedStep = new Figure();
    private final AtomicLong savedAt = new AtomicLong(System.nanoTime());
    private @Nullable Long since;
    private @Nullable Long savingSince;

    /** A number that the registry reads at any time. */
    private static final class Figure {
        private volatile double value = Double.NaN;
    }

    RunMetrics(RunSettings settings) {
        this.run = Tags.of("run", settings.name());
        this.batch = settings.batch();
        this.steps = Counter.builder("retort.trainer.steps").description("Steps taken by this process").tags(run)
                .register(Metrics.globalRegistry);
        this.images = Counter.builder("retort.trainer.images").description("Images trained on by this process").tags(run)
                .register(Metrics.globalRegistry);
        this.waiting = timer("retort.trainer.wait", "Waits for the images of a step");
        this.stepping = timer("retort.trainer.step", "Steps, from the images being there to the step being taken");
        this.saving = timer("retort.trainer.save", "Checkpoints, from the copy of the tensors to the file on disk");
        this.pause = timer("retort.trainer.pause", "Times for which a checkpoint held training up");
        gauge("retort.trainer.position.step", "Steps that the run has taken in all", step);
        gauge("retort.trainer.position.sequence", "Sequence of the first record that the run has not wholly used", sequence);
        gauge("retort.trainer.learning.rate", "Learning rate of the last step", rate);
        gauge("retort.trainer.gradient.norm", "Global norm of the gradient before clipping", norm);
        gauge("retort.trainer.checkpoint.step", "Step of the newest checkpoint", savedStep);
        Gauges.show("retort.trainer.checkpoint.age", "seconds",
                "Time since the newest checkpoint of this process was saved or found", run,
                () -> (System.nanoTime() - savedAt.get()) / NANOS);
        gauge("retort.trainer.target.steps", "Steps that the run will take", target);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name).description(description).tags(run).register(Metrics.globalRegistry);
    }

    private void gauge(String name, String description, Figure figure) {
        Gauges.show(name, "", description, run, () -> figure.value);
    }

    @Override
    public void saving(long at) {
        savingSince = System.nanoTime();
    }

    @Override
    public void copied(long at, Duration held) {
        pause.record(held);
    }

    @Override
    public void saved(Checkpoint checkpoint) {
        if (savingSince != null)
            saving.record(Duration.ofNanos(System.nanoTime() - savingSince));
        savingSince = null;
        savedAt.set(System.nanoTime());
        savedStep.value = (double) checkpoint.state().step();
        if (Double.isNaN(step.value))
            step.value = (double) checkpoint.state().step();
    }

    @Override
    public void begun(Stream stream, TrainingState from) {
        target.value = (double) from.steps();
        step.value = (double) from.step();
        sequence.value = (double) from.position().nextSequence();
    }

    @Override
    public void waiting() {
        since = System.nanoTime();
    }

    @Override
    public void stepping() {
        lap(waiting);
    }

    @Override
    public void taken(long number, ImagePosition end, double learningRate) {
        lap(stepping);
        steps.increment();
        images.increment(batch);
        step.value = (double) number;
        sequence.value = (double) end.nextSequence();
        rate.value = learningRate;
    }

    private void lap(Timer timer) {
        final long now = System.nanoTime();
        if (since != null)
            timer.record(Duration.ofNanos(now - since));
        since = now;
    }

    @Override
    public void stepped(TrainedStep trained) {
        norm.value = trained.losses().gradientNorm();
        trained.losses().parts().forEach((part, loss) -> losses.computeIfAbsent(part, this::loss).value = loss);
    }

    private Figure loss(String part) {
        final Figure figure = new Figure();
        Gauges.show("retort.trainer.loss", "", "Loss of the last step that was read", run.and("part", part), () -> figure.value);
        return figure;
    }
}
