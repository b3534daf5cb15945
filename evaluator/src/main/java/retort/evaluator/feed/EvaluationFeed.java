package retort.evaluator.feed;

import java.util.Collection;
import reactor.core.publisher.Flux;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.record.Evaluation;

/** What evaluators have published, as they publish it. Immutable; any thread. */
public final class EvaluationFeed {
    private final Broker broker;

    public EvaluationFeed(Broker broker) {
        this.broker = broker;
    }

    /** Every evaluation from {@code from} on, endless. Cold, with the threads and the demand of {@link Broker#follow}. */
    public Flux<Event<Evaluation>> subscribe(From from) {
        return broker.follow(broker.topics().evaluations(), from, "evaluations").filter(event -> event.value() != null);
    }

    /** The evaluations there are now, the latest of each key. Blocks, as {@link Broker#table} does. */
    public Collection<Evaluation> present() {
        return broker.table(broker.topics().evaluations()).values();
    }
}
