package retort.evaluator.feed;

import java.util.Collection;
import reactor.core.publisher.Flux;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.record.Evaluation;

/** The evaluations on the topic, past and future, without checkpoints that suites pass over. Immutable, so any thread may use it. */
public final class EvaluationFeed {
    private final Broker broker;

    public EvaluationFeed(Broker broker) {
        this.broker = broker;
    }

    /** Emits every evaluation from {@code from} on, endlessly. Cold. Threads and demand are those of {@link Broker#follow}. */
    public Flux<Event<Evaluation>> subscribe(From from) {
        return broker.follow(broker.topics().evaluations(), from, "evaluations")
                .filter(event -> event.value() != null && event.value().getPassedOver() == null);
    }

    /** The latest evaluation of each key that is published at the time of the call. Blocks, as {@link Broker#table} does. */
    public Collection<Evaluation> present() {
        return broker.table(broker.topics().evaluations()).values().stream()
                .filter(evaluation -> evaluation.getPassedOver() == null).toList();
    }
}
