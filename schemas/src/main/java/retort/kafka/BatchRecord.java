package retort.kafka;

import java.util.Optional;
import retort.codec.ImageBatchView;

/**
 * One ImageBatch of a stream.
 *
 * @param batch the decoded value; its pixels are a slice of the buffer of the record's fetch, which lives as long as one of them
 * @param partition partition of the stream's topic that holds the record
 * @param offset the record's offset in that partition
 * @param bytes size of the record's value
 * @param topicId id of the stream's topic; empty if the cluster gives no ids
 */
public record BatchRecord(ImageBatchView batch, int partition, long offset, int bytes, Optional<String> topicId) {
    /** A record of a topic whose id is not known. */
    public BatchRecord(ImageBatchView batch, int partition, long offset, int bytes) {
        this(batch, partition, offset, bytes, Optional.empty());
    }

    public long sequence() {
        return batch.sequence();
    }
}
