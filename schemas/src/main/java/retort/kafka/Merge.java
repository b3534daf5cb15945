package retort.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A buffer of fetched records that decides which record is emitted next. Confined to the source's thread; bounded by its source, which stops
 * fetching partitions of which {@link #buffered} is large.
 */
interface Merge<T> {
    /** Takes one fetched record; those of one partition come in the order of their offsets. */
    void add(ConsumerRecord<byte[], byte[]> record);

    /** The next to emit, or null when more has to be fetched first. What it throws ends the source. */
    @Nullable
    T next();

    /** Bytes of {@code partition} that are held. */
    long buffered(int partition);

    /** Returns true when nothing can be emitted before {@code partition} brings more. */
    boolean owes(int partition);

    /** Returns true when the source has emitted all that it was opened for. */
    boolean isComplete();
}
