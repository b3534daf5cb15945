package retort.trainer.pipeline;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import retort.codec.ImageBatchView;
import retort.kafka.BatchRecord;
import retort.kafka.StreamPosition;
import retort.record.Stream;

/**
 * Turns records of any size into batches of exactly {@code batch} images, in stream order: a batch may begin and end inside a
 * record and span an epoch's end. Made for {@code concatMap}: each record becomes the batches it completes, packed only when
 * they are asked for, none ahead; what is left of it begins the next batch.
 * <p>
 * Called serially, from whichever thread carries the demand; the record before is used up before the next is applied.
 */
final class Batcher implements Function<BatchRecord, Flux<TrainingBatch>> {
    private final Stream stream;
    private final int batch;
    private final int imageBytes;
    private final BatchBuffers buffers;
    private final Map<Integer, Long> offsets;
    private final long firstSequence;
    private final int firstUsed;
    private @Nullable Filling filling;

    /** @param from where the run stands: the images it has used of the first record are skipped */
    Batcher(Stream stream, int batch, RunPosition from, BatchBuffers buffers) {
        this.stream = stream;
        this.batch = batch;
        this.imageBytes = stream.getHeight() * stream.getWidth() * stream.getChannels();
        this.buffers = buffers;
        this.offsets = new HashMap<>(from.next().offsets());
        this.firstSequence = from.nextSequence();
        this.firstUsed = from.imagesUsed();
    }

    @Override
    public Flux<TrainingBatch> apply(BatchRecord record) {
        requireShape(record.batch());
        final int used = record.sequence() == firstSequence ? firstUsed : 0;
        if (used > record.batch().count())
            throw new IllegalStateException("record " + record.sequence() + " of stream " + stream.getName() + " holds "
                    + record.batch().count() + " images, but the checkpoint has used " + used + " of it: the stream was"
                    + " published anew; begin a run under another name");
        return Flux.generate(() -> new Cut(record, used), (cut, sink) -> {
            cut.next().ifPresent(sink::next);
            if (cut.isUsedUp())
                sink.complete();
            return cut;
        });
    }

    private void requireShape(ImageBatchView view) {
        if (view.height() != stream.getHeight() || view.width() != stream.getWidth()
                || view.channels() != stream.getChannels())
            throw new IllegalStateException("record " + view.sequence() + " of stream " + stream.getName() + " holds images of "
                    + view.height() + "x" + view.width() + "x" + view.channels() + ", but the stream says "
                    + stream.getHeight() + "x" + stream.getWidth() + "x" + stream.getChannels());
    }

    /** The batch that is being filled. */
    private final class Filling {
        private final ByteBuffer pixels = buffers.take();
        private final long[] sampleIds = new long[batch];
        private final int[] labels = new int[batch];
        private int count;

        int missing() {
            return batch - count;
        }

        void add(ImageBatchView view, int first, int images) {
            pixels.put(count * imageBytes, view.pixels(), first * imageBytes, images * imageBytes);
            System.arraycopy(view.sampleIds(), first, sampleIds, count, images);
            System.arraycopy(view.labels(), first, labels, count, images);
            count += images;
        }
    }

    /** One record, from its first unused image on. */
    private final class Cut {
        private final BatchRecord record;
        private int used;

        Cut(BatchRecord record, int used) {
            this.record = record;
            this.used = used;
        }

        /** The batch that the record completes next; if it completes none, the rest of it goes into the one being filled. */
        Optional<TrainingBatch> next() {
            final Filling current = filling == null ? new Filling() : filling;
            final int images = Math.min(left(), current.missing());
            current.add(record.batch(), used, images);
            used += images;
            offsets.put(record.partition(), isUsedUp() ? record.offset() + 1 : record.offset());
            filling = current.missing() == 0 ? null : current;
            return current.missing() == 0
                    ? Optional.of(new TrainingBatch(current.pixels, current.sampleIds, current.labels, end()))
                    : Optional.empty();
        }

        boolean isUsedUp() {
            return left() == 0;
        }

        private RunPosition end() {
            return isUsedUp()
                    ? new RunPosition(new StreamPosition(record.sequence() + 1, offsets), 0)
                    : new RunPosition(new StreamPosition(record.sequence(), offsets), used);
        }

        private int left() {
            return record.batch().count() - used;
        }
    }
}
