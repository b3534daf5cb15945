package retort.compose.local;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.record.TrainingProgress;

/**
 * Collects the events of topic {@code progress}: the first and the last losses of each run, and the time of the first step. The
 * reader's thread fills it, and any thread may read it.
 */
final class RunLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunLog.class);

    private final Map<String, Map<String, Double>> first = new TreeMap<>();
    private final Map<String, Map<String, Double>> last = new TreeMap<>();
    private final Map<String, TrainingProgress> latest = new TreeMap<>();
    private final Instant since;
    private final Disposable subscription;
    private @Nullable Instant firstStep;

    /** @param since progress that was sent before this time counts for the losses, but not for the first step */
    RunLog(Broker broker, Instant since) {
        this.since = since;
        this.subscription = broker.follow(broker.topics().progress(), From.EARLIEST, "local-progress").subscribe(this::heard,
                error -> LOG.warn("what the runs say of themselves cannot be followed any more: {}", error.getMessage()));
    }

    private synchronized void heard(Event<TrainingProgress> event) {
        final TrainingProgress progress = event.value();
        if (progress == null)
            return;
        latest.put(progress.getRun(), progress);
        if (progress.getStep() < 1)
            return;
        if (firstStep == null && !event.at().isBefore(since))
            firstStep = event.at();
        if (!progress.getLosses().isEmpty()) {
            first.putIfAbsent(progress.getRun(), new TreeMap<>(progress.getLosses()));
            last.put(progress.getRun(), new TreeMap<>(progress.getLosses()));
        }
    }

    synchronized Map<String, Double> firstLosses(String run) {
        return first.getOrDefault(run, Map.of());
    }

    synchronized Map<String, Double> lastLosses(String run) {
        return last.getOrDefault(run, Map.of());
    }

    synchronized Optional<TrainingProgress> latest(String run) {
        return Optional.ofNullable(latest.get(run));
    }

    /** The time of the first progress event with a finished step since the start. Empty if there was none. */
    synchronized Optional<Instant> firstStep() {
        return Optional.ofNullable(firstStep);
    }

    @Override
    public void close() {
        subscription.dispose();
    }
}
