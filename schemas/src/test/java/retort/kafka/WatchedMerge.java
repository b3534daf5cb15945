package retort.kafka;

import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A merge that reports every read of {@link #buffered}, which the source's loop does just before it polls. */
record WatchedMerge<T>(Merge<T> merge, LongConsumer lookedAt) implements Merge<T> {
    @Override
    public void add(ConsumerRecord<byte[], ByteBuffer> record) {
        merge.add(record);
    }

    @Override
    public @Nullable T next() {
        return merge.next();
    }

    @Override
    public long buffered(int partition) {
        final long buffered = merge.buffered(partition);
        lookedAt.accept(buffered);
        return buffered;
    }

    @Override
    public int waiting() {
        return merge.waiting();
    }

    @Override
    public long emittedAt() {
        return merge.emittedAt();
    }

    @Override
    public boolean owes(int partition) {
        return merge.owes(partition);
    }

    @Override
    public boolean isComplete() {
        return merge.isComplete();
    }
}
