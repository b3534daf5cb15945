package retort.trainer.watch;

import retort.record.Stream;
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
 */
final class ReportListener implements RunListener {
    private final ReportWriter writer;
    private final RunGauge gauge;
    private final int every;
    private long steps;

    ReportListener(ListenedRun listened, int every, ReportWriter writer) {
        this.writer = writer;
        this.every = every;
        this.gauge = new RunGauge(listened.run().name(), listened.run().stream(), listened.run().steps(), listened.run().batch(),
                listened.trainer().lease().toMillis(), System::nanoTime);
    }

    @Override
    public void saved(Checkpoint checkpoint) {
        gauge.saved(checkpoint);
    }

    @Override
    public void begun(Stream stream, TrainingState from) {
        steps = from.steps();
        gauge.begun(stream, from);
        writer.open(from.step());
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
            writer.write(gauge.read(step));
    }

    @Override
    public void ended(RunOutcome outcome) {
        writer.close();
    }
}
