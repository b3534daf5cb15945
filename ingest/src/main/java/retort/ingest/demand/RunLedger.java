package retort.ingest.demand;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import retort.record.RunState;
import retort.record.TrainingProgress;

/**
 * The rule of demand: never more than {@code ahead} records beyond the slowest live run on a stream; with none alive, beyond the
 * saved position of the furthest-back unfinished one, so that nothing a killed run needs is pushed out; with none at all, beyond
 * the stream's start. A run lives while it says so and its last word is younger than its lease. Confined to one thread.
 */
final class RunLedger {
    private final String stream;
    private final long ahead;
    private final Map<String, TrainingProgress> latest = new HashMap<>();

    /** @param ahead in records, at least 1 */
    RunLedger(String stream, long ahead) {
        this.stream = stream;
        this.ahead = ahead;
    }

    /** Takes note of a run's word; older than what is known, or about another stream, it changes nothing. */
    void heard(TrainingProgress progress) {
        if (progress.getStream().equals(stream))
            latest.merge(progress.getRun(), progress, (known, word) -> word.getAt().isBefore(known.getAt()) ? known : word);
    }

    Limit limit(Instant now) {
        return slowest(run -> lives(run, now), TrainingProgress::getNextSequence)
                .map(run -> counted(run.getNextSequence(), "run " + run.getRun()))
                .or(() -> slowest(run -> run.getState() != RunState.FINISHED, TrainingProgress::getSavedSequence)
                        .map(run -> counted(run.getSavedSequence(), "the saved position of run " + run.getRun())))
                .orElseGet(() -> counted(0, "the stream's start"));
    }

    private Optional<TrainingProgress> slowest(Predicate<TrainingProgress> which, ToLongFunction<TrainingProgress> sequence) {
        return latest.values().stream().filter(which)
                .min(Comparator.comparingLong(sequence).thenComparing(TrainingProgress::getRun));
    }

    private Limit counted(long floor, String of) {
        return new Limit(floor + ahead, floor, of);
    }

    private static boolean lives(TrainingProgress run, Instant now) {
        return switch (run.getState()) {
            case STARTING, TRAINING, WAITING -> Duration.between(run.getAt(), now).toMillis() <= run.getLeaseMillis();
            case FINISHED, STOPPED, FAILED -> false;
        };
    }
}
