package retort.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.thread.Worker;

/**
 * The thread of a sink and its queue. Parcels are delivered in the order in which they were put. A parcel waits until there is room for
 * its bytes; a parcel larger than the limit is sent alone. Any thread puts parcels. Only the sink's thread calls the producer, counts the
 * bytes in flight and signals. The thread is marked as non-blocking for Reactor, so that a {@code block()} in a signal fails at once
 * instead of waiting for ever.
 */
final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    /** The largest number of unfinished parcels: in flight, or waiting for room in the producer. */
    static final int MOST_PARCELS = 1024;
    /** The limit of unfinished bytes, as a multiple of the limit of bytes in flight. */
    private static final int BOUNDS_UNFINISHED = 2;
    private static final Duration CLOSE_SLACK = Duration.ofMillis(500);

    private final LinkedBlockingQueue<Post> posts = new LinkedBlockingQueue<>();
    private final String name;
    private final long inFlightBytes;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Delivery delivery;
    private final UnaryOperator<Throwable> explained;
    private final BufferedBytes inFlight = new BufferedBytes();
    private final Backlog backlog;
    private volatile boolean ended;
    /** Set before anybody else sees this outbox. */
    private @Nullable Worker worker;

    // Only the sink's thread uses the following fields:
    private final ArrayDeque<Parcel> waiting = new ArrayDeque<>();
    private int open;
    private long openBytes;
    private @Nullable RuntimeException failure;

    private sealed interface Post {
    }

    private record Put(Parcel parcel) implements Post {
    }

    private record Known(Parcel parcel, @Nullable Throwable failure) implements Post {
    }

    private record Close() implements Post {
    }

    private Outbox(String name, long inFlightBytes, KafkaProducer<byte[], byte[]> producer, Delivery delivery,
            UnaryOperator<Throwable> explained) {
        this.name = name;
        this.inFlightBytes = inFlightBytes;
        this.backlog = new Backlog(MOST_PARCELS, BOUNDS_UNFINISHED * inFlightBytes);
        this.producer = producer;
        this.delivery = delivery;
        this.explained = explained;
    }

    /**
     * Opens an outbox, which owns the producer and closes it at its end.
     *
     * @param explained turns a failure into the exception that the caller receives
     */
    static Outbox open(String name, long inFlightBytes, KafkaProducer<byte[], byte[]> producer, Delivery delivery,
            UnaryOperator<Throwable> explained) {
        final Outbox outbox = new Outbox(name, inFlightBytes, producer, delivery, explained);
        outbox.worker = Worker.runningNonBlocking("retort-sink-" + name, outbox::run);
        return outbox;
    }

    BufferedBytes inFlight() {
        return inFlight;
    }

    /** Any thread may call it. If too many parcels are unfinished, the parcel fails at once with {@link SinkFullException}. */
    void put(Parcel parcel) {
        if (!backlog.enter(parcel.bytes())) {
            parcel.waiting().error(new SinkFullException(name, backlog));
            return;
        }
        posts.add(new Put(parcel));
        if (ended) // the sink's thread may have ended before it could take this parcel
            turnAway();
    }

    private void run() {
        boolean closing = false;
        try {
            while (!closing || open > 0 || !waiting.isEmpty()) {
                switch (posts.take()) {
                    case Put(Parcel parcel) -> waiting.add(parcel);
                    case Known(Parcel parcel, Throwable error) -> settle(parcel, error);
                    case Close() -> closing = true;
                }
                deliverWhatHasRoom();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended = true;
            waiting.forEach(parcel -> fail(parcel, closed()));
            turnAway();
        }
    }

    private void deliverWhatHasRoom() {
        for (Parcel parcel = waiting.peek(); parcel != null && hasRoom(parcel); parcel = waiting.peek()) {
            waiting.remove();
            if (parcel.isLeft()) {
                backlog.leave(parcel.bytes());
                continue;
            }
            if (failure != null) {
                fail(parcel, failure);
                continue;
            }
            open++;
            openBytes += parcel.bytes();
            inFlight.set(openBytes);
            deliver(parcel);
        }
    }

    private boolean hasRoom(Parcel parcel) {
        return open == 0 || openBytes + parcel.bytes() <= inFlightBytes;
    }

    private void deliver(Parcel parcel) {
        try {
            delivery.deliver(parcel, error -> posts.add(new Known(parcel, error)));
        } catch (RuntimeException e) { // the producer cannot be used any more
            failure = e;
            settle(parcel, e);
        }
    }

    private void settle(Parcel parcel, @Nullable Throwable error) {
        open--;
        openBytes -= parcel.bytes();
        inFlight.set(openBytes);
        if (error != null) {
            fail(parcel, error);
            return;
        }
        backlog.leave(parcel.bytes());
        parcel.waiting().success();
    }

    private void fail(Parcel parcel, Throwable error) {
        backlog.leave(parcel.bytes());
        parcel.waiting().error(explained.apply(error));
    }

    private void turnAway() {
        for (Post post = posts.poll(); post != null; post = posts.poll())
            if (post instanceof Put(Parcel parcel))
                fail(parcel, closed());
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the sink is closed");
    }

    void close(Duration longest) {
        posts.add(new Close());
        final Worker thread = Objects.requireNonNull(worker);
        final boolean inTime = thread.isCurrent() || thread.close(longest);
        end(name, producer, inTime && !Thread.currentThread().isInterrupted() ? longest : Duration.ZERO);
    }

    /**
     * Closes a producer. Kafka's own close waits for the producer's thread, which may wait for a broker for as long as
     * {@code request.timeout.ms}, also if it is asked not to wait. So a thread of its own closes the producer, and this method does not wait
     * for it much longer than {@code longest}.
     */
    static void end(String name, KafkaProducer<byte[], byte[]> producer, Duration longest) {
        final Worker closing = Worker.named("retort-close-" + name);
        closing.execute(() -> {
            try {
                producer.close(longest);
            } catch (KafkaException e) {
                LOG.debug("the producer of sink {} was left behind", name, e);
            }
        });
        closing.close(longest.plus(CLOSE_SLACK));
    }
}
