package retort.trainer.watch;

import java.util.Optional;
import retort.trainer.pipeline.ListenedRun;
import retort.trainer.pipeline.RunListener;
import retort.trainer.pipeline.RunListenerFactory;
import retort.trainer.settings.WatchSettings;

/** Makes the listener that writes TensorBoard event files to {@code trainer.tensorboard}. */
public final class TensorBoardFactory implements RunListenerFactory {
    @Override
    public String name() {
        return "tensorboard";
    }

    @Override
    public Optional<RunListener> create(ListenedRun run) {
        final WatchSettings settings = run.trainer().watch();
        return settings.tensorboard()
                .map(folder -> new ReportListener(run, settings.every(), new EventReports(folder.resolve(run.run().name()))));
    }
}
