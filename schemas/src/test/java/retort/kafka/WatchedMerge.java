package retort.kafka;

import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A merge that reports every read of {@link #buffered}, which the source's loop does just before it polls. */
record WatchedMerge<T>(Merge<T> merge, LongConsumer lookedAt) implements Merge<T> {
    @Override
    public void add(ConsumerRecord<byte[], byte[]> record) {
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
    public boolean owes(int partition) {
        return merge.owes(partition);
    }

    @Override
    public boolean isComplete() {
        return merge.isComplete();
    }
}
