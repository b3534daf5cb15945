package retort.evaluator.history;

import java.time.Duration;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.util.retry.Retry;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.kafka.Topic;
import retort.kafka.Topics;
import retort.thread.Worker;

/**
 * Reads the event topics from their beginning into a history, on the history's worker. Each topic has a reader of its own, which waits for
 * the worker. A topic that cannot be read is noted in the history, and read again from its beginning. The caller closes it before the worker.
 */
public final class TopicFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final Duration STATUS = Duration.ofSeconds(1);
    /** Events of a topic that wait for the worker. */
    private static final int AHEAD = 64;

    private final Broker broker;
    private final History history;
    private final Worker worker;
    private final Disposable.Composite readers = Disposables.composite();

    /** Begins to read. Returns before a broker is reached. */
    public TopicFollower(Broker broker, History history, Worker worker) {
        this.broker = broker;
        this.history = history;
        this.worker = worker;
        final Topics topics = broker.topics();
        follow(topics.streams(), History.Held.STREAMS, history::stream);
        follow(topics.positions(), History.Held.POSITIONS, history::position);
        follow(topics.checkpoints(), History.Held.CHECKPOINTS, history::checkpoint);
        follow(topics.progress(), History.Held.PROGRESS, history::progress);
        follow(topics.evaluations(), History.Held.EVALUATIONS, history::evaluation);
        follow(topics.pictures(), History.Held.PICTURES, history::picture);
        follow(topics.promotions(), History.Held.PROMOTIONS, history::promotion);
        follow(topics.rejected(), History.Held.REJECTED, history::rejected);
        worker.repeat(history::tellStatus, STATUS);
    }

    private <T extends SpecificRecord> void follow(Topic<T> topic, History.Held held, Consumer<Event<T>> to) {
        final String name = "page-" + topic.name().substring(broker.topics().prefix().length());
        readers.add(broker.follow(topic, From.EARLIEST, name).publishOn(worker.scheduler(), AHEAD).doOnNext(event -> {
            history.readable(topic.name(), null);
            to.accept(event);
        }).doOnError(failure -> {
            LOG.warn("the page cannot read topic {} and tries again: {}", topic.name(), failure.getMessage());
            history.forget(held);
            history.readable(topic.name(), String.valueOf(failure.getMessage()));
        }).retryWhen(Retry.fixedDelay(Long.MAX_VALUE, AGAIN)).subscribe(event -> {
        }, failure -> LOG.error("the page reads topic {} no more", topic.name(), failure)));
    }

    /** Ends the readers. Does not wait for them. */
    @Override
    public void close() {
        readers.dispose();
    }
}
