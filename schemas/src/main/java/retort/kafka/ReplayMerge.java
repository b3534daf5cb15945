package retort.kafka;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Emits events in the order of their arrival and, once, an empty marker where the history ends. The history of a partition is what lies
 * before the end that it had when the reader began. The reader's position tells that it is over, not its last record, because transaction
 * markers, aborted records and compacted records leave no record at the end. In a topic of several partitions, events behind the end of
 * one may come before the marker.
 */
final class ReplayMerge<T> implements Merge<Optional<Event<T>>> {
    private final ArrivalMerge<Event<T>> events;
    private final Map<Integer, Long> ends;
    private final IntToLongFunction position;
    private boolean live;
    /** The first event behind the end, which follows the marker. */
    private @Nullable Event<T> held;

    /**
     * @param ends one past the last offset of the history, by partition
     * @param position the reader's next offset in a partition
     */
    ReplayMerge(ArrivalMerge<Event<T>> events, Map<Integer, Long> ends, IntToLongFunction position) {
        this.events = events;
        this.ends = Map.copyOf(ends);
        this.position = position;
    }

    @Override
    @SuppressWarnings("NullableOptional") // null means "no item yet" in every Merge, and an empty item is the marker
    public @Nullable Optional<Event<T>> next() {
        final Event<T> event = held != null ? held : events.next();
        held = null;
        if (live)
            return event == null ? null : Optional.of(event);
        final boolean over = event == null ? isRead() : ends.size() == 1 && event.offset() >= end(event.partition());
        if (!over)
            return event == null ? null : Optional.of(event);
        live = true;
        held = event;
        return Optional.empty();
    }

    private boolean isRead() {
        return ends.keySet().stream().allMatch(partition -> position.applyAsLong(partition) >= end(partition));
    }

    private long end(int partition) {
        return ends.getOrDefault(partition, 0L);
    }

    @Override
    public void add(ConsumerRecord<byte[], ByteBuffer> record) {
        events.add(record);
    }

    @Override
    public long buffered(int partition) {
        return events.buffered(partition);
    }

    @Override
    public int waiting() {
        return events.waiting();
    }

    @Override
    public long emittedAt() {
        return events.emittedAt();
    }

    @Override
    public boolean owes(int partition) {
        return events.owes(partition);
    }

    @Override
    public void grow(int partitions) {
        events.grow(partitions);
    }

    @Override
    public boolean isComplete() {
        return false;
    }
}
