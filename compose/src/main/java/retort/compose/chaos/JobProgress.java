package retort.compose.chaos;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.record.RunState;
import retort.record.TrainingProgress;

/** Follows the steps of the job on the topic {@code progress}. The reader's thread feeds it, and any thread may ask. */
final class JobProgress implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobProgress.class);

    private final Map<String, TrainingProgress> latest = new HashMap<>();
    private final Disposable subscription;
    private long events;

    JobProgress(Broker broker) {
        this.subscription = broker.follow(broker.topics().progress(), From.EARLIEST, "chaos-progress").subscribe(this::heard,
                error -> LOG.warn("the progress of the job cannot be followed any more: {}", error.getMessage()));
    }

    private synchronized void heard(Event<TrainingProgress> event) {
        events++;
        if (event.value() != null)
            latest.put(event.value().getRun(), event.value());
    }

    /** Number of steps that all runs of the job have taken. It falls when a run goes on from a checkpoint. */
    synchronized long steps() {
        return latest.values().stream().mapToLong(TrainingProgress::getStep).sum();
    }

    /** Number of events that have arrived. */
    synchronized long events() {
        return events;
    }

    /** True if all runs are done. */
    synchronized boolean isDone() {
        return Job.RUNS.stream().allMatch(run -> latest.containsKey(run) && latest.get(run).getState() == RunState.FINISHED);
    }

    @Override
    public void close() {
        subscription.dispose();
    }
}
