package retort.ingest.demand;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.IsolationLevel;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.record.TrainingProgress;

/**
 * The demand of training runs, as it crosses the broker: hears their progress and says how far a stream may be published.
 * Until it has read what was said before it came, it says nothing. Any thread may ask; answers come on the thread that reads
 * {@code progress}. Close ends that thread.
 */
public final class Demand implements AutoCloseable {
    /** Leases run out without anybody saying so. */
    private static final Duration TICK = Duration.ofSeconds(1);

    private final Sinks.Many<Limit> limits = Sinks.many().replay().latest();
    private final Disposable listening;

    private Demand(Flux<Limit> source) {
        this.listening = source.subscribe(limits::tryEmitNext, limits::tryEmitError);
    }

    /** No limit: for streams that are kept for ever. */
    public static Demand unlimited() {
        return new Demand(Flux.just(Limit.NONE));
    }

    /**
     * Blocks until what is in the topic has been read.
     *
     * @param ahead records, at least 1
     */
    public static Demand of(Broker broker, String stream, long ahead, Clock clock) {
        final RunLedger runs = new RunLedger(stream, ahead);
        broker.table(broker.topics().progress()).values().forEach(runs::heard);
        final Flux<TrainingProgress> words = broker
                .follow(broker.topics().progress(), From.EARLIEST, IsolationLevel.READ_UNCOMMITTED, "demand-" + stream)
                .mapNotNull(Event::value);
        final Flux<Optional<TrainingProgress>> ticks = Flux.interval(Duration.ZERO, TICK).onBackpressureDrop()
                .map(tick -> Optional.empty());
        // What comes after merge() is called by one thread at a time: the ledger needs no lock.
        return new Demand(Flux.merge(words.map(Optional::of), ticks).map(word -> {
            word.ifPresent(runs::heard);
            return runs.limit(clock.instant());
        }).distinctUntilChanged());
    }

    /** The present limit and every later one. */
    public Flux<Limit> limits() {
        return limits.asFlux();
    }

    @Override
    public void close() {
        listening.dispose();
    }
}
