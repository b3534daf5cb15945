package retort.evaluator.images;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import retort.kafka.BatchRecord;
import retort.kafka.Broker;
import retort.kafka.StreamPosition;
import retort.record.Stream;
import retort.trainer.images.ImageBlock;
import retort.trainer.images.ImagePosition;
import retort.trainer.images.Rebatch;

/**
 * A complete stream that is read from its first record to its last in each pass. A stream whose pixels fit the limit is kept in memory
 * after the first pass. A larger one is read from Kafka in every pass, so that memory does not grow with it. Any thread may use it.
 */
public final class ScoredStream {
    /** Images in a block of the pass that draws a subset. */
    private static final int COUNTED = 32;

    private final Stream stream;
    private final Flux<BatchRecord> records;
    private final Mono<Void> unchanged;
    private final Optional<Subset> subset;
    private final Mono<Long> highestNumber; // of the subset

    private ScoredStream(Stream stream, Flux<BatchRecord> records, Mono<Void> unchanged, Optional<Subset> subset) {
        this.stream = stream;
        this.records = records;
        this.unchanged = unchanged;
        this.subset = subset;
        this.highestNumber = Mono.justOrEmpty(subset).flatMap(part -> part.highestNumber(all(COUNTED))).cache();
    }

    /**
     * Reads nothing yet.
     *
     * @param stream description of the stream; it has a last sequence
     * @param readBuffer bytes that each pass fetches ahead
     * @param heldPixels limit in bytes of the pixels that are kept
     * @throws IllegalArgumentException if the stream is not complete
     */
    public static ScoredStream of(Broker broker, Stream stream, long readBuffer, long heldPixels) {
        final Long last = stream.getLastSequence();
        if (last == null)
            throw new IllegalArgumentException("stream " + stream.getName() + " is not complete");
        final Flux<BatchRecord> records = broker.batches(stream, StreamPosition.START, OptionalLong.of(last), readBuffer,
                "evaluator-" + stream.getName());
        final long pixels = (last + 1) * stream.getImagesPerRecord() * Rebatch.imageBytes(stream);
        return new ScoredStream(stream, pixels <= heldPixels ? records.cache() : records,
                broker.unchanged(List.of(broker.topics().images(stream.getName()))), Optional.empty());
    }

    /** A fixed number of the images, drawn by {@code seed}. The first pass reads the stream once more, to draw them. */
    public ScoredStream subset(int images, long seed) {
        return new ScoredStream(stream, records, unchanged, Optional.of(new Subset(images, seed)));
    }

    /** Never completes. Fails when the stream's topic is deleted, as {@link Broker#unchanged} does, also between two passes. */
    public Mono<Void> unchanged() {
        return unchanged;
    }

    public Stream stream() {
        return stream;
    }

    /**
     * One pass over the images. Cold. Emits on the reader's thread. The pixels of a block are valid until the next block is requested, so
     * use {@code concatMap(..., 0)}.
     *
     * @param size number of images in a block; the last block may hold fewer
     */
    public Flux<ImageBlock> blocks(int size) {
        return subset.map(part -> highestNumber.flatMapMany(highest -> part.of(all(size), highest, size, new TwoBuffers(size))))
                .orElseGet(() -> all(size));
    }

    private Flux<ImageBlock> all(int size) {
        return Flux.defer(() -> Rebatch.all(records, stream, size, ImagePosition.at(0), new TwoBuffers(size)));
    }

    /** A text that is equal for two streams only if they hold the same images. */
    public String identity() {
        return stream.getName() + "@" + stream.getSettingsHash() + "/" + stream.getLastSequence()
                + subset.map(part -> "/" + part.images() + " by " + part.seed()).orElse("");
    }

    /**
     * Supplies two direct buffers in turn: a suite reads one while the other one is filled. The garbage collector frees them, because the
     * engine may still read a block after a pass is cancelled. Called serially.
     */
    private final class TwoBuffers implements Supplier<ByteBuffer> {
        private ByteBuffer next;
        private ByteBuffer other;

        TwoBuffers(int size) {
            final int bytes = Math.multiplyExact(size, Rebatch.imageBytes(stream));
            this.next = ByteBuffer.allocateDirect(bytes);
            this.other = ByteBuffer.allocateDirect(bytes);
        }

        @Override
        public ByteBuffer get() {
            final ByteBuffer taken = next;
            next = other;
            other = taken;
            return taken.clear();
        }
    }
}
