package retort.trainer.watch;

import java.util.Optional;
import retort.trainer.pipeline.ListenedRun;
import retort.trainer.pipeline.RunListener;
import retort.trainer.pipeline.RunListenerFactory;
import retort.trainer.settings.WatchSettings;

/** Makes the listener that writes JSON lines to {@code trainer.log}. */
public final class LineLogFactory implements RunListenerFactory {
    @Override
    public String name() {
        return "log";
    }

    @Override
    public Optional<RunListener> create(ListenedRun run) {
        final WatchSettings settings = run.trainer().watch();
        return settings.log()
                .map(folder -> new ReportListener(run, settings.every(),
                        new LineLog(folder.resolve(run.run().name() + ".jsonl"))));
    }
}
