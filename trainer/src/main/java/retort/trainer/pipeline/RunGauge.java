package retort.trainer.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import retort.record.RunState;
import retort.record.Stream;
import retort.record.TrainingProgress;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;
import retort.trainer.learn.Losses;

/** The figures of a run. The calls of the run update them, and the {@link Heartbeat} reads them. Every method is atomic. Any thread. */
public final class RunGauge implements RunListener {
    private final String run;
    private final String stream;
    private final int batch;
    private final long leaseMillis;
    private final LongSupplier nanoTime;

    private RunState state = RunState.STARTING;
    private long steps;
    private long step;
    private long nextSequence;
    private long savedSequence;
    private double samplesPerEpoch = Double.POSITIVE_INFINITY;
    private @Nullable Losses losses;
    private double learningRate;
    private Duration pause = Duration.ZERO;

    /** All times are in ns of {@link #nanoTime}. */
    private @Nullable Long waitingSince;
    private @Nullable Long steppingSince;
    private long waited;
    private long lastEnd;
    private long readAt;
    private Mark mark;
    private double imagesPerSecond;
    private double waitingShare;

    /** The end of a step, from which rates are counted; {@code at} and {@code waited} in ns. */
    private record Mark(long at, long step, long waited) {
    }

    /**
     * @param steps number of steps that the run will take; 0 if it is not known before {@link #begun}
     * @param batch number of images of a step
     * @param nanoTime the clock, such as {@link System#nanoTime}
     */
    public RunGauge(String run, String stream, long steps, int batch, long leaseMillis, LongSupplier nanoTime) {
        this.run = run;
        this.stream = stream;
        this.steps = steps;
        this.batch = batch;
        this.leaseMillis = leaseMillis;
        this.nanoTime = nanoTime;
        this.readAt = nanoTime.getAsLong();
        this.mark = new Mark(readAt, 0, 0);
    }

    /** Before training begins, the checkpoint is also the place where the run stands. */
    @Override
    public synchronized void saved(Checkpoint checkpoint) {
        savedSequence = checkpoint.state().position().nextSequence();
        if (state == RunState.STARTING) {
            steps = checkpoint.state().steps();
            step = checkpoint.state().step();
            nextSequence = savedSequence;
            lastEnd = nanoTime.getAsLong();
            mark = new Mark(lastEnd, step, waited); // the steps of an earlier process have no rate here
        }
    }

    @Override
    public synchronized void begun(Stream read, TrainingState from) {
        final Long samples = read.getSamplesPerEpoch();
        samplesPerEpoch = samples == null || samples == 0 ? Double.POSITIVE_INFINITY : samples;
        steps = from.steps();
        state = RunState.TRAINING;
        lastEnd = nanoTime.getAsLong();
        mark = new Mark(lastEnd, step, waited);
    }

    @Override
    public synchronized void copied(long finished, Duration stoodStill) {
        pause = stoodStill;
    }

    @Override
    public synchronized void waiting() {
        waitingSince = nanoTime.getAsLong();
    }

    @Override
    public synchronized void stepping() {
        steppingSince = nanoTime.getAsLong();
        waited = waitedUntil(steppingSince);
        waitingSince = null;
    }

    @Override
    public synchronized void taken(long number, ImagePosition end, double rate) {
        step = number;
        nextSequence = end.nextSequence();
        learningRate = rate;
        lastEnd = nanoTime.getAsLong();
        steppingSince = null;
    }

    @Override
    public synchronized void stepped(TrainedStep trained) {
        losses = trained.losses();
    }

    @Override
    public synchronized void ended(RunOutcome outcome) {
        steppingSince = null;
        state = switch (outcome) {
            case RunOutcome.Finished _ -> RunState.FINISHED;
            case RunOutcome.Stopped _ -> RunState.STOPPED;
            case RunOutcome.Failed _ -> RunState.FAILED;
        };
    }

    /**
     * The figures now. Rates are over the steps that ended since the last reading; they stay as they are if none did. A run that has
     * waited for images since the last reading, without a step, is WAITING, at 0 images a second.
     *
     * @return losses and gradient norm of the last step whose losses are read, which may be the one before {@code step}
     */
    public synchronized TrainingProgress read() {
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
                .setLeaseMillis(leaseMillis).setCheckpointPauseMillis(pause.toMillis()).setAt(Instant.now()).build();
    }

    /** The figures now, with the number, the place and the losses of {@code trained}, even if later steps are taken already. */
    public synchronized TrainingProgress read(TrainedStep trained) {
        return TrainingProgress.newBuilder(read()).setStep(trained.number()).setNextSequence(trained.end().nextSequence())
                .setEpoch(trained.number() * batch / samplesPerEpoch).setLosses(trained.losses().parts())
                .setLearningRate(trained.losses().learningRate()).setGradientNorm(trained.losses().gradientNorm()).build();
    }

    /** Time for which the run has waited for images without a step; zero while a step is under way. */
    synchronized Duration waitingFor() {
        return state != RunState.TRAINING || waitingSince == null
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - waitingSince));
    }

    /** Time for which the present step has been computed; zero between two steps. */
    synchronized Duration steppingFor() {
        return steppingSince == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - steppingSince));
    }

    private long waitedUntil(long now) {
        return waitingSince == null ? waited : waited + Math.max(0, now - waitingSince);
    }
}
