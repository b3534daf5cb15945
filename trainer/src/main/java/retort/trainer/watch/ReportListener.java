package retort.trainer.watch;

import java.io.UncheckedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.record.Stream;
import retort.record.TrainingProgress;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.images.ImagePosition;
import retort.trainer.pipeline.ListenedRun;
import retort.trainer.pipeline.RunGauge;
import retort.trainer.pipeline.RunListener;
import retort.trainer.pipeline.RunOutcome;
import retort.trainer.pipeline.TrainedStep;

/**
 * Passes a report to a writer after every {@code trainer.report-every} steps and after the last step. A report has the losses of exactly
 * its step; images per second and the share of time that the run waited are over the time since the report before.
 * <p>
 * A writer that fails, because the disk is full say, is logged, at most once in ten minutes: on a full disk a short report may fit
 * where a long one did not. The reports that found no room are lost, and reports go on when there is room.
 */
final class ReportListener implements RunListener {
    private static final Logger LOG = LoggerFactory.getLogger(ReportListener.class);

    private static final long SILENCE = Duration.ofMinutes(10).toNanos();

    private final ReportWriter writer;
    private final RunGauge gauge;
    private final int every;
    private long steps;
    /** Step of the last report that the files hold. */
    private long written;
    private boolean open;
    private boolean failing;
    /** When a failure was told last, of {@link System#nanoTime}. */
    private long told = System.nanoTime() - SILENCE;

    ReportListener(ListenedRun listened, int every, ReportWriter writer) {
        this(new RunGauge(listened.run().name(), listened.run().stream(), listened.run().steps(), listened.run().batch(),
                listened.trainer().lease().toMillis(), System::nanoTime), every, writer);
    }

    ReportListener(RunGauge gauge, int every, ReportWriter writer) {
        this.writer = writer;
        this.every = every;
        this.gauge = gauge;
    }

    @Override
    public void saved(Checkpoint checkpoint) {
        gauge.saved(checkpoint);
    }

    @Override
    public void begun(Stream stream, TrainingState from) {
        steps = from.steps();
        gauge.begun(stream, from);
        written = from.step();
        writing(this::open);
    }

    @Override
    public void waiting() {
        gauge.waiting();
    }

    @Override
    public void stepping() {
        gauge.stepping();
    }

    @Override
    public void taken(long step, ImagePosition end, double learningRate) {
        gauge.taken(step, end, learningRate);
    }

    @Override
    public void stepped(TrainedStep step) {
        gauge.stepped(step);
        if (step.number() % every == 0 || step.number() == steps)
            report(gauge.read(step));
    }

    private void report(TrainingProgress report) {
        writing(() -> {
            if (!open)
                open();
            writer.write(report);
            written = report.getStep();
            if (failing)
                LOG.info("reports of run {} are written again, from step {} on", report.getRun(), written);
            failing = false;
        });
    }

    private void open() {
        writer.open(written);
        open = true;
    }

    private void writing(Runnable work) {
        try {
            work.run();
        } catch (UncheckedIOException e) {
            if (System.nanoTime() - told >= SILENCE) {
                LOG.warn("{}; the run goes on without reports until there is room", e.getMessage());
                told = System.nanoTime();
            }
            failing = true;
        }
    }

    @Override
    public void ended(RunOutcome outcome) {
        writer.close();
    }
}
