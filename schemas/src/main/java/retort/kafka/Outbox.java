package retort.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;
import retort.thread.Worker;

/**
 * The sink's thread and its post: parcels are delivered in the order they were put, each when there is room for its bytes
 * (one larger than the bound goes alone). Any thread puts; the thread alone calls the producer, counts what is in flight and signals.
 * It is marked as one that must not be blocked, so that a {@code block()} in a signal fails at once where it would wait for ever.
 */
final class Outbox {
    /** Most parcels that are not finished: in flight, or waiting for room in the producer. */
    static final int MOST_PARCELS = 1024;
    /** Bytes of unfinished parcels, in bounds of what is in flight. */
    private static final int BOUNDS_UNFINISHED = 2;

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

    // Of the sink's thread alone:
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
     * Takes over the producer and closes it in the end.
     *
     * @param explained turns a failure into the one that a caller is told
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

    /** Any thread. Fails the parcel at once with {@link SinkFullException} where too much waits already. */
    void put(Parcel parcel) {
        if (!backlog.enter(parcel.bytes())) {
            parcel.waiting().error(new SinkFullException(name, backlog));
            return;
        }
        posts.add(new Put(parcel));
        if (ended) // nobody may be there to take it: whoever comes last turns it away
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
        } catch (RuntimeException e) { // the producer is of no more use
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
        producer.close(inTime && !Thread.currentThread().isInterrupted() ? longest : Duration.ZERO);
    }
}
