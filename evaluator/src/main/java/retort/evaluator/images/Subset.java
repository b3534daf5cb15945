package retort.evaluator.images;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import retort.random.CounterRandom;
import retort.trainer.images.ImageBlock;

/**
 * A fixed number of images of a stream, drawn by a seed. Each image gets a random number, which seed and sample id alone decide, and those
 * with the lowest numbers are drawn. So all checkpoints see the same images, and a larger subset has all images of a smaller one.
 * Immutable, so any thread may use it.
 *
 * @param images number of images
 * @param seed decides the draw
 */
record Subset(int images, long seed) {
    /** The number of the last drawn image, which is the highest one. Holds 8 bytes for each drawn image while it counts. */
    Mono<Long> highestNumber(Flux<ImageBlock> stream) {
        return stream.collect(() -> new PriorityQueue<Long>((a, b) -> Long.compare(b, a)), (lowest, block) -> {
            for (final long id : block.sampleIds()) {
                lowest.add(number(id));
                if (lowest.size() > images)
                    lowest.remove();
            }
        }).map(lowest -> lowest.isEmpty() ? Long.MIN_VALUE : lowest.element());
    }

    /**
     * The drawn images in the order of the stream, in blocks of {@code size}. Emits on the thread of {@code stream}. The pixels of a block
     * are valid until the next block is requested.
     *
     * @param highest result of {@link #highestNumber}
     * @param buffers supplies a direct buffer for each block
     */
    Flux<ImageBlock> of(Flux<ImageBlock> stream, long highest, int size, Supplier<ByteBuffer> buffers) {
        return Flux.defer(() -> {
            final Gathered gathered = new Gathered(size, buffers);
            return stream.concatMap(block -> {
                Optional<ImageBlock> full = Optional.empty(); // one at most, because no block is larger than size
                for (int i = 0; i < block.count(); i++)
                    if (number(block.sampleIds()[i]) <= highest) {
                        gathered.add(block, i);
                        if (gathered.isFull())
                            full = gathered.take();
                    }
                return Mono.justOrEmpty(full);
            }, 0).concatWith(Mono.defer(() -> Mono.justOrEmpty(gathered.take())));
        });
    }

    private long number(long sampleId) {
        return CounterRandom.of(seed, "subset", 0, sampleId).nextLong();
    }
}
