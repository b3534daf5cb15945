package retort.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import retort.thread.Worker;

/**
 * The loop of one subscriber: it emits the requested items, decides which partitions to fetch, and polls. All of this, and every signal,
 * happens on the one thread that {@link #start} creates. Any thread may call {@link #request} and {@link #cancel}, which only leave a note
 * for the loop. A wake-up may come after the sleep has already ended. Kafka keeps it, and {@link OwnedConsumer} absorbs it.
 */
final class SourceSubscription<T> implements Subscription, Runnable {
    /** The longest time of one poll. The loop sleeps in it until something happens. */
    private static final Duration SLEEP = Duration.ofSeconds(30);
    /** Number of records emitted between two polls. The client fetches only in polls, so fetches go on behind a slow subscriber. */
    private static final int ROUND = 16;

    /** Set to null after a cancel, so that the subscriber can be collected (Reactive Streams, rule 3.13). */
    private @Nullable CoreSubscriber<? super T> actual;
    private final Context context;
    private final Supplier<OwnedConsumer> consumers;
    private final RecordSource.Opening<T> opening;
    private final FetchBudget budget;
    private final BufferedBytes gauge;
    private final ReaderMetrics metrics;

    private final Demand demand = new Demand();
    private final AtomicReference<@Nullable Throwable> misuse = new AtomicReference<>();
    private volatile boolean cancelled;
    /** Set by the loop's thread. If a thread cancels before it is set, the loop itself reads {@code cancelled} afterwards. */
    private volatile @Nullable OwnedConsumer consumer;

    SourceSubscription(CoreSubscriber<? super T> actual, Supplier<OwnedConsumer> consumers, RecordSource.Opening<T> opening,
            FetchBudget budget, BufferedBytes gauge, ReaderMetrics metrics) {
        this.actual = actual;
        this.context = actual.currentContext();
        this.consumers = consumers;
        this.opening = opening;
        this.budget = budget;
        this.gauge = gauge;
        this.metrics = metrics;
    }

    void start(String threadName) {
        if (!cancelled)
            Worker.running(threadName, this).watched();
    }

    @Override
    public void request(long n) {
        if (cancelled)
            return;
        if (n <= 0) {
            misuse.compareAndSet(null, new IllegalArgumentException(
                    "request(" + n + "): demand must be positive (Reactive Streams, rule 3.9)"));
            stop();
            return;
        }
        final boolean asleep = demand.add(n);
        final OwnedConsumer present = consumer;
        if (asleep && present != null)
            present.wake();
    }

    @Override
    public void cancel() {
        cancelled = true;
        stop();
    }

    private void stop() {
        final OwnedConsumer present = consumer;
        if (present != null)
            present.stop();
    }

    @Override
    public void run() {
        Throwable failure = null;
        try (OwnedConsumer own = consumers.get()) {
            consumer = own;
            if (!isStopped())
                emitOpened(own, opening.open(own));
            if (!isStopped())
                complete();
        } catch (WakeupException e) {
            failure = isStopped() ? null : e;
        } catch (Throwable e) { // an Error, too, must reach the subscriber, because no other code observes this thread
            failure = e;
        }
        gauge.set(0);
        metrics.holds(0, 0);
        finish(misuse.get() != null ? misuse.get() : failure);
    }

    private void emitOpened(OwnedConsumer own, RecordSource.Opened<T> opened) {
        try {
            emitAll(own, opened);
        } catch (WakeupException e) {
            throw e;
        } catch (PositionOutOfRangeException | StreamGapException e) { // another topic of the same name has other records
            throw own.used().explained(e);
        } catch (KafkaException e) {
            throw own.used().explained(own.explained(opened.topic(), e));
        } finally {
            if (cancelled) // before the consumer is closed, because a close takes time
                actual = null;
        }
    }

    /** Completes before the consumer is closed, because the close waits for the broker's answer to a fetch that is under way. */
    private void complete() {
        gauge.set(0);
        metrics.holds(0, 0);
        finish(null);
        cancelled = true;
        actual = null;
    }

    private void finish(@Nullable Throwable failure) {
        final CoreSubscriber<? super T> subscriber = actual;
        if (cancelled || subscriber == null) {
            if (failure != null)
                Operators.onErrorDropped(failure, context);
        } else if (failure != null) {
            subscriber.onError(failure);
        } else {
            subscriber.onComplete();
        }
    }

    private boolean isStopped() {
        return cancelled || misuse.get() != null;
    }

    /** Returns when the source is complete or cancelled, or when a subscriber has broken the rules of demand. */
    private void emitAll(OwnedConsumer own, RecordSource.Opened<T> opened) {
        final FetchGate gate = new FetchGate(opened.partitions(), budget.fetchBytes());
        int partitions = opened.partitions();
        while (!isStopped()) {
            Worker.moved();
            final boolean more = emitRound(opened.merge());
            if (opened.merge().isComplete())
                return;
            own.used().requireSame();
            final int present = opened.growth().follow(own, partitions, own.used().partitions(opened.topic()));
            if (present != partitions) {
                partitions = present;
                opened.merge().grow(partitions);
                gate.grow(partitions);
            }
            regulate(own, opened, partitions, gate);
            poll(own, opened, partitions, more ? Duration.ZERO : SLEEP);
        }
    }

    /** Emits until demand or records are used up, or the round ends. @return true if it can go on without more records or demand */
    private boolean emitRound(Merge<T> merge) {
        for (int i = 0; i < ROUND; i++) {
            if (isStopped() || merge.isComplete())
                return true;
            if (demand.isNone() && demand.mayWait())
                return false;
            final T next = merge.next();
            if (next == null)
                return false;
            demand.take();
            final CoreSubscriber<? super T> subscriber = actual;
            if (subscriber == null)
                return true;
            subscriber.onNext(next);
        }
        return true;
    }

    private void regulate(OwnedConsumer own, RecordSource.Opened<T> opened, int partitions, FetchGate gate) {
        for (int partition = 0; partition < partitions; partition++) {
            final long buffered = opened.merge().buffered(partition);
            if (!gate.decide(partition, buffered, opened.merge().owes(partition)))
                continue;
            final TopicPartition changed = new TopicPartition(opened.topic(), partition);
            if (gate.isPaused(partition))
                own.pause(changed);
            else
                own.resume(changed);
        }
        measure(own, opened, partitions);
    }

    private void measure(OwnedConsumer own, RecordSource.Opened<T> opened, int partitions) {
        long all = 0;
        long behind = opened.merge().waiting();
        for (int partition = 0; partition < partitions; partition++) {
            all += opened.merge().buffered(partition);
            behind += own.lag(new TopicPartition(opened.topic(), partition));
        }
        metrics.lags(behind, opened.merge().emittedAt());
        gauge.set(all);
        metrics.holds(all, budget.most(partitions));
    }

    private void poll(OwnedConsumer own, RecordSource.Opened<T> opened, int partitions, Duration timeout) {
        try {
            if (timeout.isPositive())
                Worker.rests(); // without demand, or with nothing to emit
            for (final ConsumerRecord<byte[], ByteBuffer> record : own.poll(timeout)) {
                metrics.fetched(record);
                opened.merge().add(record);
            }
            measure(own, opened, partitions);
        } catch (OffsetOutOfRangeException e) {
            throw outOfRange(own, e);
        } finally {
            demand.awake();
        }
    }

    private static PositionOutOfRangeException outOfRange(OwnedConsumer own, OffsetOutOfRangeException e) {
        final var position = e.offsetOutOfRangePartitions().entrySet().iterator().next();
        final TopicPartition partition = position.getKey();
        final long start = own.logStart(partition);
        final long end = own.logEnd(partition);
        final String why = position.getValue() < start
                ? "retention has outrun it"
                : "the topic is not the one that the position was saved for, or has lost its end";
        return new PositionOutOfRangeException(
                "offset " + position.getValue() + " of " + partition + " is not in its log, which holds "
                        + start + " to " + end + ": " + why);
    }
}
