package retort.ingest.demand;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import retort.record.RunState;
import retort.record.TrainingProgress;

/**
 * Finds the run that a stream waits for. It is the slowest live run on the stream. If there is no live run, it is the unfinished run whose
 * saved position is the furthest back, so that no record that a killed run needs is deleted. If there is no unfinished run, the position is
 * the stream's start.
 * <p>
 * A run lives while its last progress record says so and arrived here less than its lease ago. Clocks of other machines are not read,
 * because they may differ by more than a lease. The records of a run are taken in the order of their topic. Confined to one thread.
 */
final class RunLedger {
    private final String stream;
    private final Map<String, Heard> latest = new HashMap<>();

    /** @param nanos time of this process's clock ({@link System#nanoTime}) when the record arrived */
    private record Heard(TrainingProgress word, long nanos) {
        boolean lives(long now) {
            return switch (word.getState()) {
                case STARTING, TRAINING, WAITING -> now - nanos <= TimeUnit.MILLISECONDS.toNanos(word.getLeaseMillis());
                case FINISHED, STOPPED, FAILED -> false;
            };
        }
    }

    RunLedger(String stream) {
        this.stream = stream;
    }

    /** Notes the next progress record of a run. A record about another stream changes nothing. */
    void heard(TrainingProgress progress, long nanos) {
        if (progress.getStream().equals(stream))
            latest.put(progress.getRun(), new Heard(progress, nanos));
    }

    /** @param now present time of the same clock as in {@link #heard} */
    Floor floor(long now) {
        return slowest(run -> run.lives(now), TrainingProgress::getNextSequence)
                .map(run -> new Floor(run.getNextSequence(), "run " + run.getRun(), run.getState() == RunState.WAITING))
                .or(() -> slowest(run -> run.word.getState() != RunState.FINISHED, TrainingProgress::getSavedSequence)
                        .map(run -> new Floor(run.getSavedSequence(), "the saved position of run " + run.getRun(), false)))
                .orElseGet(() -> new Floor(0, "the stream's start", false));
    }

    private Optional<TrainingProgress> slowest(Predicate<Heard> which, ToLongFunction<TrainingProgress> sequence) {
        return latest.values().stream().filter(which).map(Heard::word)
                .min(Comparator.comparingLong(sequence).thenComparing(TrainingProgress::getRun));
    }
}
