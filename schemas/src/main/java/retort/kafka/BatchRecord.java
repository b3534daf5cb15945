package retort.kafka;

import retort.codec.ImageBatchView;

/**
 * One ImageBatch of a stream.
 *
 * @param batch the decoded value; its pixels are a slice of the record's bytes
 * @param partition partition of the stream's topic that holds the record
 * @param offset the record's offset in that partition
 * @param bytes size of the record's value
 */
public record BatchRecord(ImageBatchView batch, int partition, long offset, int bytes) {
    public long sequence() {
        return batch.sequence();
    }
}
