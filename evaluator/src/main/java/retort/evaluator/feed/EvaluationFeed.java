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

    /** An item of {@link #replay}. */
    public sealed interface Item {
    }

    /** An evaluation that is on the topic. */
    public record Scored(Evaluation evaluation) implements Item {
    }

    /** The marker between the history, which was on the topic when the subscription began, and what comes. */
    public record Live() implements Item {
    }

    /**
     * Emits every evaluation from the first one on, endlessly, and {@link Live} once between history and live. Deleted evaluations, and
     * those of checkpoints that were passed over, are left out. Cold. Threads and demand are those of {@link Broker#replay}.
     */
    public Flux<Item> replay() {
        return broker.replay(broker.topics().evaluations(), "evaluations").mapNotNull(next -> {
            if (next.isEmpty())
                return new Live();
            final Evaluation evaluation = next.get().value();
            return evaluation == null || evaluation.getPassedOver() != null ? null : new Scored(evaluation);
        });
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
