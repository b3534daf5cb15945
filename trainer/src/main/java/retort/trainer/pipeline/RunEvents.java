package retort.trainer.pipeline;

import java.util.List;
import reactor.core.publisher.Mono;
import retort.kafka.Broker;
import retort.kafka.FencedException;
import retort.kafka.Keys;
import retort.kafka.RecordSink;
import retort.kafka.Topics;
import retort.record.CheckpointReady;
import retort.record.TrainingProgress;

/**
 * Sends the events of a run by the one transactional producer that owns the run. A claim fences the older owner, whose next event
 * fails with {@link RunFencedException}. Any thread may send. Events are sent in the order of their subscription. Their Monos signal
 * on the sink's thread, so go to another thread before you do more than a little.
 */
final class RunEvents implements AutoCloseable {
    private static final long IN_FLIGHT_BYTES = 1 << 20;

    private final RecordSink sink;
    private final Topics topics;
    private final String run;

    private RunEvents(RecordSink sink, Topics topics, String run) {
        this.sink = sink;
        this.topics = topics;
        this.run = run;
    }

    /**
     * Takes the run over. Blocks until every transaction of an older owner is decided.
     *
     * @return the events of the run; the caller closes them
     * @throws retort.kafka.BrokerUnreachableException if no broker answers in time
     */
    static RunEvents claim(Broker broker, String run) {
        return new RunEvents(broker.transactionalSink("trainer." + run, IN_FLIGHT_BYTES), broker.topics(), run);
    }

    /** Completes when the broker has committed the event. Cold. */
    Mono<Void> progress(TrainingProgress progress) {
        return sink.send(topics.progress(), progress).onErrorMap(FencedException.class, e -> new RunFencedException(run, e));
    }

    /** Completes when the broker has committed the event. Cold. */
    Mono<Void> ready(CheckpointReady checkpoint) {
        return sink.send(topics.checkpoints(), checkpoint).onErrorMap(FencedException.class,
                e -> new RunFencedException(run, e));
    }

    /** Completes when the broker has committed the tombstone of a checkpoint that is about to be deleted. Cold. */
    Mono<Void> deleted(long step) {
        return sink.sendAll(List.of(topics.checkpoints().tombstone(Keys.checkpoint(run, step))))
                .onErrorMap(FencedException.class, e -> new RunFencedException(run, e));
    }

    @Override
    public void close() {
        sink.close();
    }
}
