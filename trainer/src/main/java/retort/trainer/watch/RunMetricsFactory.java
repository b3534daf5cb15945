package retort.trainer.watch;

import java.util.Optional;
import retort.metrics.MetricsSettings;
import retort.trainer.pipeline.ListenedRun;
import retort.trainer.pipeline.RunListener;
import retort.trainer.pipeline.RunListenerFactory;

/** Makes the listener that records figures for Prometheus, if {@code metrics.enabled} is true. */
public final class RunMetricsFactory implements RunListenerFactory {
    @Override
    public String name() {
        return "metrics";
    }

    @Override
    public Optional<RunListener> create(ListenedRun run) {
        return MetricsSettings.from(run.config()).enabled() ? Optional.of(new RunMetrics(run.run())) : Optional.empty();
    }
}
