package retort.evaluator.page;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.netty.Connection;
import retort.evaluator.history.EventLog;
import retort.thread.Worker;

/**
 * Server-sent events for one client. It keeps a place in the {@link EventLog} and no events, so a slow client costs no memory: nothing is
 * taken from the log while the client's socket is full. A client that takes nothing for {@link #STALLED}, or whose place the log holds no
 * more, is cut off; it comes back with its last id. An id that is not held any more is answered with the event {@code reset}, after which a
 * client reads the whole state again. A quiet stream says {@code alive}, because a client cannot tell silence from a broken link. Works on the history's worker.
 */
final class EventStream {
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final Duration STALLED = Duration.ofSeconds(20);
    /** Time after which a client comes back, in ms. */
    private static final int RETRY = 1000;
    /** Bytes of events that are written at once, or a single larger event. */
    private static final int MOST_BYTES = 32 << 10;

    private final EventLog log;
    private final Connection connection;
    private long place;
    private boolean anew;
    private boolean begun;
    private long sentAt = System.nanoTime();
    private long writableAt = System.nanoTime();

    /** @param lastId id of the last event that the client has seen; empty for the events from now on */
    EventStream(EventLog log, Optional<String> lastId, Connection connection) {
        this.log = log;
        this.connection = connection;
        final Optional<Long> known = lastId.flatMap(log::number).filter(log::holdsAfter);
        this.anew = lastId.isPresent() && known.isEmpty();
        this.place = known.orElseGet(log::last);
    }

    /** The text of the stream, endlessly. */
    Flux<ByteBuf> text(Worker worker) {
        return Flux.interval(Duration.ZERO, TICK, worker.scheduler()).onBackpressureDrop()
                .<String>handle((tick, sink) -> tick(sink))
                .map(text -> Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
    }

    private void tick(SynchronousSink<String> sink) {
        final long now = System.nanoTime();
        if (!log.holdsAfter(place)) {
            connection.dispose();
            return;
        }
        if (!connection.channel().isWritable()) {
            if (now - writableAt > STALLED.toNanos())
                connection.dispose();
            return;
        }
        writableAt = now;
        final StringBuilder text = new StringBuilder();
        if (!begun)
            text.append("retry: ").append(RETRY).append("\n\n");
        if (anew)
            append(text, place, "reset", "{}");
        final List<EventLog.Entry> entries = log.after(place, MOST_BYTES);
        for (final EventLog.Entry entry : entries) {
            append(text, entry.number(), entry.type(), entry.json());
            place = entry.number();
        }
        if (text.isEmpty() && now - sentAt > HEARTBEAT.toNanos())
            text.append("event: alive\ndata: {}\n\n");
        begun = true;
        anew = false;
        if (text.isEmpty())
            return;
        sentAt = now;
        sink.next(text.toString());
    }

    private void append(StringBuilder text, long number, String type, String json) {
        text.append("id: ").append(log.id(number)).append("\nevent: ").append(type).append("\ndata: ").append(json)
                .append("\n\n");
    }
}
