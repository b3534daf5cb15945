package retort.evaluator.images;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import reactor.core.publisher.Flux;
import retort.codec.ImageBatchView;
import retort.record.Stream;

/**
 * Cuts records of any size into blocks of exactly {@code size} images, and a last one with the rest. Two buffers serve all
 * blocks of a pass: one is lent, the other is being filled, and a block is completed only when it is asked for. One object a
 * pass; called serially.
 */
final class BlockCutter {
    private final Stream stream;
    private final int imageBytes;
    private ByteBuffer lent;
    private ByteBuffer filling;
    private final int[] labels;
    private final long[] sampleIds;
    private int count;

    private BlockCutter(Stream stream, int size) {
        this.stream = stream;
        this.imageBytes = stream.getHeight() * stream.getWidth() * stream.getChannels();
        // Left to the collector: a pass may be cancelled while the engine still reads.
        this.lent = ByteBuffer.allocateDirect(Math.multiplyExact(size, imageBytes));
        this.filling = ByteBuffer.allocateDirect(size * imageBytes);
        this.labels = new int[size];
        this.sampleIds = new long[size];
    }

    /** Blocks of {@code records}, one for each request. */
    static Flux<PixelBlock> cut(Flux<ImageBatchView> records, Stream stream, int size) {
        return Flux.defer(() -> {
            final BlockCutter cutter = new BlockCutter(stream, size);
            return records.concatMapIterable(cutter::blocks, 1)
                    .concatWith(Flux.defer(() -> Flux.fromStream(cutter.rest().stream())));
        });
    }

    private Iterable<PixelBlock> blocks(ImageBatchView record) {
        if (record.height() != stream.getHeight() || record.width() != stream.getWidth()
                || record.channels() != stream.getChannels())
            throw new IllegalStateException("record " + record.sequence() + " of stream " + stream.getName() + " holds images of "
                    + record.height() + "x" + record.width() + "x" + record.channels() + ", but the stream says "
                    + stream.getHeight() + "x" + stream.getWidth() + "x" + stream.getChannels());
        return () -> new Cut(record);
    }

    private Optional<PixelBlock> rest() {
        return count == 0 ? Optional.empty() : Optional.of(take());
    }

    private PixelBlock take() {
        final ByteBuffer full = filling;
        filling = lent;
        lent = full;
        final PixelBlock block = new PixelBlock(full.duplicate().limit(count * imageBytes), Arrays.copyOf(labels, count),
                Arrays.copyOf(sampleIds, count));
        count = 0;
        return block;
    }

    private int missing() {
        return labels.length - count;
    }

    private void add(ImageBatchView record, int first, int images) {
        filling.put(count * imageBytes, record.pixels(), first * imageBytes, images * imageBytes);
        System.arraycopy(record.labels(), first, labels, count, images);
        System.arraycopy(record.sampleIds(), first, sampleIds, count, images);
        count += images;
    }

    /** The blocks that one record completes; what is left of it begins the next. */
    private final class Cut implements Iterator<PixelBlock> {
        private final ImageBatchView record;
        private int used;

        Cut(ImageBatchView record) {
            this.record = record;
        }

        @Override
        public boolean hasNext() {
            if (left() >= missing())
                return true;
            add(record, used, left());
            used = record.count();
            return false;
        }

        @Override
        public PixelBlock next() {
            final int images = missing();
            if (left() < images)
                throw new NoSuchElementException();
            add(record, used, images);
            used += images;
            return take();
        }

        private int left() {
            return record.count() - used;
        }
    }
}
