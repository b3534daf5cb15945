package retort.evaluator.images;

import java.util.OptionalLong;
import reactor.core.publisher.Flux;
import retort.codec.ImageBatchView;
import retort.kafka.BatchRecord;
import retort.kafka.Broker;
import retort.kafka.StreamPosition;
import retort.record.Stream;

/**
 * A complete stream, read from its first record to its last as often as a suite needs it. Pixels that fit the limit are kept
 * after the first pass; larger streams are read from Kafka in every pass, so memory does not grow with them.
 */
public final class ScoredStream {
    private final Stream stream;
    private final Flux<ImageBatchView> records;

    private ScoredStream(Stream stream, Flux<ImageBatchView> records) {
        this.stream = stream;
        this.records = records;
    }

    /**
     * @param stream complete: it has a last sequence
     * @param readBuffer bytes fetched ahead
     * @param heldPixels the most bytes of pixels that are kept
     */
    public static ScoredStream of(Broker broker, Stream stream, long readBuffer, long heldPixels) {
        final Long last = stream.getLastSequence();
        if (last == null)
            throw new IllegalArgumentException("stream " + stream.getName() + " is not complete");
        final Flux<ImageBatchView> records = broker.batches(stream, StreamPosition.START, OptionalLong.of(last),
                readBuffer, "evaluator-" + stream.getName()).map(BatchRecord::batch);
        final long pixels = (last + 1) * stream.getImagesPerRecord() * stream.getHeight() * stream.getWidth()
                * stream.getChannels();
        return new ScoredStream(stream, pixels <= heldPixels ? records.cache() : records);
    }

    public Stream stream() {
        return stream;
    }

    /**
     * One pass. Cold; called on the reader's thread. Each block is valid until the next is requested, so map it with a prefetch
     * of 0.
     *
     * @param size images a block; the last may hold fewer
     */
    public Flux<PixelBlock> blocks(int size) {
        return BlockCutter.cut(records, stream, size);
    }

    /** Everything that decides what is read. */
    public String identity() {
        return stream.getName() + "@" + stream.getSettingsHash() + "/" + stream.getLastSequence();
    }
}
