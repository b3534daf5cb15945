package retort.evaluator.feed;

import java.time.Duration;
import java.util.Collection;
import org.apache.kafka.common.IsolationLevel;
import reactor.core.publisher.Flux;
import retort.codec.EventCodec;
import retort.kafka.Event;
import retort.kafka.EventReader;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;
import retort.kafka.Undecodable;
import retort.record.Evaluation;

/** What evaluators have published, as they publish it. Immutable; any thread. */
public final class EvaluationFeed {
    private final KafkaSettings kafka;
    private final Topics topics;
    private final Undecodable rejected;

    /** @param rejected told of events that are no evaluations; they are skipped */
    public EvaluationFeed(KafkaSettings kafka, Topics topics, Undecodable rejected) {
        this.kafka = kafka;
        this.topics = topics;
        this.rejected = rejected;
    }

    /** Every evaluation from {@code from} on, endless. Cold, with the threads and the demand of {@link EventReader#read}. */
    public Flux<Event<Evaluation>> subscribe(EventReader.From from) {
        return EventReader.read(kafka, topics.evaluations(), EventCodec.of(Evaluation.class), from, IsolationLevel.READ_COMMITTED,
                rejected, "evaluations").filter(event -> event.value() != null);
    }

    /** The evaluations there are now, the latest of each key. Blocks for at most {@code timeout}. */
    public Collection<Evaluation> present(Duration timeout) {
        return EventReader.table(kafka, topics.evaluations(), EventCodec.of(Evaluation.class), rejected, timeout).values();
    }
}
