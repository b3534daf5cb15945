package retort.trainer.pipeline;

import reactor.core.publisher.Mono;
import retort.kafka.Broker;
import retort.kafka.FencedException;
import retort.kafka.RecordSink;
import retort.kafka.Topics;
import retort.record.CheckpointReady;
import retort.record.TrainingProgress;

/**
 * What a run tells the world, by the one producer that owns it: whoever claims a run fences its older owner, whose next event
 * fails with {@link RunFencedException}. Any thread may send; events come out in the order of their subscription, and their
 * Monos signal on the sink's thread: hop away before doing more than a little.
 */
public final class RunEvents implements AutoCloseable {
    private static final long IN_FLIGHT_BYTES = 1 << 20;

    private final RecordSink sink;
    private final Topics topics;
    private final String run;

    private RunEvents(RecordSink sink, Topics topics, String run) {
        this.sink = sink;
        this.topics = topics;
        this.run = run;
    }

    /** Blocks until the run is this process's own. */
    public static RunEvents claim(Broker broker, String run) {
        return new RunEvents(broker.transactionalSink("trainer." + run, IN_FLIGHT_BYTES), broker.topics(), run);
    }

    /** Completes when the broker has committed it. */
    Mono<Void> progress(TrainingProgress progress) {
        return sink.send(topics.progress(), progress).onErrorMap(FencedException.class, e -> new RunFencedException(run, e));
    }

    /** Completes when the broker has committed it. */
    Mono<Void> ready(CheckpointReady checkpoint) {
        return sink.send(topics.checkpoints(), checkpoint).onErrorMap(FencedException.class,
                e -> new RunFencedException(run, e));
    }

    @Override
    public void close() {
        sink.close();
    }
}
