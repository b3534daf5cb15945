package retort.kafka;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A buffer of fetched records that decides which record is emitted next. Confined to the source's thread. The source bounds its size: it
 * stops fetching a partition whose {@link #buffered} is large.
 */
interface Merge<T> {
    /** Adds one fetched record. The records of one partition are added in the order of their offsets. */
    void add(ConsumerRecord<byte[], ByteBuffer> record);

    /** @return the next item to emit, or null if more records must be fetched first. An exception from here ends the source. */
    @Nullable
    T next();

    /** @return the number of buffered bytes of {@code partition} */
    long buffered(int partition);

    /** @return the number of buffered records of all partitions */
    int waiting();

    /** @return the time of the record that was emitted last, in ms of the epoch; -1 before the first one */
    long emittedAt();

    /** @return true if nothing can be emitted before {@code partition} brings more records */
    boolean owes(int partition);

    /** Makes room for partitions 0 to {@code partitions} - 1, because the topic has grown. */
    default void grow(int partitions) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " reads a fixed number of partitions");
    }

    /** @return true if the source has emitted everything that it was opened for */
    boolean isComplete();
}
