package retort.kafka;

import retort.codec.ImageBatchView;

/** One ImageBatch of a stream and where it lay. */
public record BatchRecord(ImageBatchView batch, int partition, long offset, int bytes) {
    public long sequence() {
        return batch.sequence();
    }
}
