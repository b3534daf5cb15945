package retort.ingest.demand;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.IsolationLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.record.TrainingProgress;

/**
 * Follows the progress of training runs and emits the position from which the lead of a stream is counted. It emits nothing until it has
 * read the records that the topic held when it began. Any thread may subscribe. Positions arrive one at a time, on the thread that reads
 * {@code progress} or on the timer's thread. Closing it ends the reading thread.
 */
public final class Demand implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Demand.class);
    /**
     * The interval at which the position is emitted again without a record from a run, because a lease may have run out, or published
     * records may be shorter than was assumed when they were admitted.
     */
    private static final Duration TICK = Duration.ofSeconds(1);
    /**
     * The longest wait for the records that the topic held at the start, in nanoseconds. Such a record may have been deleted since then.
     */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

    private final Sinks.Many<Floor> floors = Sinks.many().replay().latest();
    private final Disposable listening;

    private Demand(Flux<Floor> source) {
        this.listening = source.subscribe(floors::tryEmitNext, floors::tryEmitError);
    }

    /** A demand without limit, for streams that are kept for ever. */
    public static Demand unlimited() {
        return new Demand(Flux.just(Floor.NONE));
    }

    /**
     * Follows the topic {@code progress}. Blocks while the topic is read once.
     *
     * @param mostImages the largest batch, in images, that the stream's limit can serve; a run with a larger batch is named at WARN
     */
    public static Demand of(Broker broker, String stream, long mostImages) {
        final Listening listening = new Listening(stream, mostImages, broker.table(broker.topics().progress()));
        final Flux<TrainingProgress> words = broker
                .follow(broker.topics().progress(), From.EARLIEST, IsolationLevel.READ_UNCOMMITTED, "demand-" + stream)
                .mapNotNull(Event::value);
        final Flux<Optional<TrainingProgress>> ticks = Flux.interval(Duration.ZERO, TICK).onBackpressureDrop()
                .map(tick -> Optional.empty());
        // merge() calls the code behind it from one thread at a time, so the ledger needs no lock.
        return new Demand(Flux.merge(words.map(Optional::of), ticks).mapNotNull(word -> {
            word.ifPresent(listening::heard);
            return listening.floor().orElse(null);
        }));
    }

    /** Emits the present floor, then a new one for each progress record of a run and at least once a second. */
    public Flux<Floor> floors() {
        return floors.asFlux();
    }

    @Override
    public void close() {
        listening.dispose();
    }

    /**
     * Reads the topic again and gives no floor before all records that it held at the start have been read. Confined to one thread at a
     * time.
     */
    private static final class Listening {
        private final RunLedger runs;
        private final String stream;
        private final long mostImages;
        private final long began = System.nanoTime();
        /** The last record of each run at the start, until it has been read again. */
        private final Map<String, TrainingProgress> awaited = new HashMap<>();
        private final Set<String> named = new HashSet<>();

        Listening(String stream, long mostImages, Map<String, TrainingProgress> atStart) {
            this.stream = stream;
            this.mostImages = mostImages;
            this.runs = new RunLedger(stream);
            atStart.values().forEach(word -> awaited.put(word.getRun(), word));
        }

        void heard(TrainingProgress word) {
            runs.heard(word, System.nanoTime());
            if (word.equals(awaited.get(word.getRun())))
                awaited.remove(word.getRun());
            if (word.getStream().equals(stream) && word.getBatch() > mostImages && named.add(word.getRun()))
                LOG.warn(
                        "run {} takes {} images a step from stream {}, and ingest.max-ahead serves batches of at most {}: the run"
                                + " and ingest would wait for each other. Raise ingest.max-ahead, or lower trainer.batch",
                        word.getRun(), word.getBatch(), stream, mostImages);
        }

        Optional<Floor> floor() {
            final long now = System.nanoTime();
            return awaited.isEmpty() || now - began > PATIENCE ? Optional.of(runs.floor(now)) : Optional.empty();
        }
    }
}
