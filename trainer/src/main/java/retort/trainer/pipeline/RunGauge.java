package retort.trainer.pipeline;

import java.time.Instant;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import retort.record.RunState;
import retort.record.Stream;
import retort.record.TrainingProgress;
import retort.trainer.learn.Losses;

/**
 * The figures of a run. The run's thread writes them, the {@link Heartbeat} reads them; every method is atomic.
 */
final class RunGauge {
    private final String run;
    private final String stream;
    private final long steps;
    private final int batch;
    private final long leaseMillis;
    private final LongSupplier nanoTime;

    private RunState state = RunState.STARTING;
    private long step;
    private long nextSequence;
    private long savedSequence;
    private double samplesPerEpoch = Double.POSITIVE_INFINITY;
    private @Nullable Losses losses;
    private double learningRate;

    private @Nullable Long waitingSince;
    private long waited;
    private long lastEnd;
    private long readAt;
    private Mark mark;
    private double imagesPerSecond;
    private double waitingShare;

    /** Where rates are counted from: the end of a step. */
    private record Mark(long at, long step, long waited) {
    }

    RunGauge(String run, String stream, long steps, int batch, long leaseMillis, LongSupplier nanoTime) {
        this.run = run;
        this.stream = stream;
        this.steps = steps;
        this.batch = batch;
        this.leaseMillis = leaseMillis;
        this.nanoTime = nanoTime;
        this.readAt = nanoTime.getAsLong();
        this.mark = new Mark(readAt, 0, 0);
    }

    synchronized void state(RunState now) {
        state = now;
    }

    /** Epochs are those of {@code stream}; 0 for ever where it has none. */
    synchronized void epochsOf(Stream described) {
        final Long samples = described.getSamplesPerEpoch();
        samplesPerEpoch = samples == null || samples == 0 ? Double.POSITIVE_INFINITY : samples;
    }

    /** The run stands at a checkpoint. */
    synchronized void standsAt(long finished, long next) {
        step = finished;
        nextSequence = next;
        savedSequence = next;
        lastEnd = nanoTime.getAsLong();
        mark = new Mark(lastEnd, finished, waited);
    }

    /** Nothing to do until the next batch comes. */
    synchronized void waits() {
        waitingSince = nanoTime.getAsLong();
    }

    /** A step begins. */
    synchronized void begins() {
        waited = waitedUntil(nanoTime.getAsLong());
        waitingSince = null;
    }

    /** A step is finished. */
    synchronized void ends(long finished, long next, double rate) {
        step = finished;
        nextSequence = next;
        learningRate = rate;
        lastEnd = nanoTime.getAsLong();
    }

    synchronized void saved(long next) {
        savedSequence = next;
    }

    synchronized void losses(Losses read) {
        losses = read;
    }

    /**
     * The figures now. Rates are over the steps that ended since the reading before, or the last such where none did. A run that
     * had no data since the reading before is WAITING.
     */
    synchronized TrainingProgress read() {
        final long now = nanoTime.getAsLong();
        final boolean starved = state == RunState.TRAINING && waitingSince != null && waitingSince <= readAt;
        readAt = now;
        if (step > mark.step) {
            final double seconds = Math.max(1, lastEnd - mark.at) / 1e9;
            imagesPerSecond = (step - mark.step) * batch / seconds;
            waitingShare = Math.clamp((waitedUntil(lastEnd) - mark.waited) / 1e9 / seconds, 0, 1);
            mark = new Mark(lastEnd, step, waitedUntil(lastEnd));
        } else if (starved) {
            imagesPerSecond = 0;
            waitingShare = 1;
        }
        return TrainingProgress.newBuilder().setRun(run).setStream(stream).setState(starved ? RunState.WAITING : state)
                .setStep(step).setSteps(steps).setBatch(batch).setNextSequence(nextSequence).setSavedSequence(savedSequence)
                .setEpoch(step * batch / samplesPerEpoch).setLosses(losses == null ? Map.of() : losses.parts())
                .setLearningRate(learningRate).setImagesPerSecond(imagesPerSecond)
                .setWaitingShare(waitingShare).setGradientNorm(losses == null ? null : losses.gradientNorm())
                .setLeaseMillis(leaseMillis).setAt(Instant.now()).build();
    }

    private long waitedUntil(long now) {
        return waitingSince == null ? waited : waited + Math.max(0, now - waitingSince);
    }
}
