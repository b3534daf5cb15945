package retort.trainer.images;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import retort.codec.ImageBatchView;
import retort.kafka.BatchRecord;
import retort.kafka.StreamPosition;
import retort.record.Stream;

/**
 * Cuts records of any size into blocks of exactly {@code size} images, in stream order. A block may begin and end inside a record,
 * and may hold images of two epochs. A block is packed only when it is requested, and records are requested one at a time, when
 * the record before is used up.
 * <p>
 * The Fluxes are cold: each subscriber has its own Rebatch. Packing runs on the thread that carries the request or the record.
 */
public final class Rebatch {
    private final Stream stream;
    private final int size;
    private final int imageBytes;
    private final ImagePosition from;
    private final SequenceRanges skip;
    private final Supplier<ByteBuffer> buffers;
    private final LongConsumer packed;
    private final Map<Integer, Long> offsets;
    private @Nullable Filling filling;
    private @Nullable Cut last;

    private static void unheard(long nanos) {
        // nobody asks for the time of packing
    }

    private Rebatch(Stream stream, int size, ImagePosition from, SequenceRanges skip, Supplier<ByteBuffer> buffers,
            LongConsumer packed) {
        if (size < 1)
            throw new IllegalArgumentException("a block of " + size + " images: it must have at least one");
        this.stream = stream;
        this.size = size;
        this.imageBytes = imageBytes(stream);
        this.from = from;
        this.skip = skip;
        this.buffers = buffers;
        this.packed = packed;
        this.offsets = new HashMap<>(from.next().offsets());
    }

    /**
     * Blocks of exactly {@code size} images. Images at the end of {@code records} that fill no block are left out.
     * <p>
     * Fails with IllegalStateException if the images of a record have another shape than {@code stream} says, or if a record has fewer
     * images than {@code from} has used of it.
     *
     * @param records of {@code stream} in sequence order, from {@code from} on
     * @param from images before it are left out
     * @param skip records whose images are left out, too; of the record at {@code from} this leaves out what is not used yet
     * @param buffers gives one cleared buffer of at least {@code size} images for each block, when the block is begun. A block is begun
     *     only on request
     * @param packed receives the time that the packing of each block has taken, in ns
     */
    public static Flux<ImageBlock> full(Flux<BatchRecord> records, Stream stream, int size, ImagePosition from,
            SequenceRanges skip, Supplier<ByteBuffer> buffers, LongConsumer packed) {
        return Flux.defer(() -> records.concatMap(new Rebatch(stream, size, from, skip, buffers, packed)::cut, 1));
    }

    /** As {@link #full(Flux, Stream, int, ImagePosition, SequenceRanges, Supplier, LongConsumer)}, without the times. */
    public static Flux<ImageBlock> full(Flux<BatchRecord> records, Stream stream, int size, ImagePosition from,
            SequenceRanges skip, Supplier<ByteBuffer> buffers) {
        return full(records, stream, size, from, skip, buffers, Rebatch::unheard);
    }

    /** As {@link #full(Flux, Stream, int, ImagePosition, SequenceRanges, Supplier)}, with the images of every record. */
    public static Flux<ImageBlock> full(Flux<BatchRecord> records, Stream stream, int size, ImagePosition from,
            Supplier<ByteBuffer> buffers) {
        return full(records, stream, size, from, SequenceRanges.NONE, buffers);
    }

    /** As {@link #full(Flux, Stream, int, ImagePosition, Supplier)}, and at the end of {@code records} one block of the images that are left, if there are any. */
    public static Flux<ImageBlock> all(Flux<BatchRecord> records, Stream stream, int size, ImagePosition from,
            Supplier<ByteBuffer> buffers) {
        return Flux.defer(() -> {
            final Rebatch rebatch = new Rebatch(stream, size, from, SequenceRanges.NONE, buffers, Rebatch::unheard);
            return records.concatMap(rebatch::cut, 1).concatWith(Mono.fromSupplier(rebatch::rest));
        });
    }

    /** Bytes of the pixels of one image of a stream. */
    public static int imageBytes(Stream stream) {
        return Math.multiplyExact(Math.multiplyExact(stream.getHeight(), stream.getWidth()), stream.getChannels());
    }

    private Flux<ImageBlock> cut(BatchRecord record) {
        requireShape(record.batch());
        final int used = record.sequence() == from.nextSequence() ? from.imagesUsed() : 0;
        if (used > record.batch().count())
            throw new IllegalStateException("record " + record.sequence() + " of stream " + stream.getName() + " holds "
                    + record.batch().count() + " images, but the checkpoint has used " + used + " of it: the stream was"
                    + " published anew; begin a run under another name");
        final int end = skip.contains(record.sequence()) ? used : record.batch().count();
        return Flux.generate(() -> new Cut(record, used, end), (cut, sink) -> {
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

    private @Nullable ImageBlock rest() {
        final Filling begun = filling;
        return begun == null || begun.count == 0 || last == null ? null : begun.block(last.position());
    }

    /** The block that is being filled. */
    private final class Filling {
        private final ByteBuffer pixels = buffers.get();
        private final long[] sampleIds = new long[size];
        private final int[] labels = new int[size];
        private int count;
        private long nanos;

        int missing() {
            return size - count;
        }

        void add(ImageBatchView view, int first, int images) {
            final long begin = System.nanoTime();
            pixels.put(count * imageBytes, view.pixels(), first * imageBytes, images * imageBytes);
            System.arraycopy(view.sampleIds(), first, sampleIds, count, images);
            System.arraycopy(view.labels(), first, labels, count, images);
            count += images;
            nanos += System.nanoTime() - begin;
        }

        ImageBlock block(ImagePosition at) {
            packed.accept(nanos);
            pixels.position(0).limit(count * imageBytes);
            return count == size
                    ? new ImageBlock(pixels, sampleIds, labels, at)
                    : new ImageBlock(pixels, Arrays.copyOf(sampleIds, count), Arrays.copyOf(labels, count), at);
        }
    }

    /** A record that is being cut into blocks, from its first unused image on. */
    private final class Cut {
        private final BatchRecord record;
        private final int end;
        private int used;

        /** Takes the images from index {@code used} up to, but not including, {@code end}. */
        Cut(BatchRecord record, int used, int end) {
            this.record = record;
            this.used = used;
            this.end = end;
        }

        /** The block that the record completes next. If it completes none, the rest of the record begins the next block. */
        Optional<ImageBlock> next() {
            final Filling current = filling == null ? new Filling() : filling;
            final int images = Math.min(left(), current.missing());
            current.add(record.batch(), used, images);
            used += images;
            offsets.put(record.partition(), isUsedUp() ? record.offset() + 1 : record.offset());
            last = this;
            filling = current.missing() == 0 ? null : current;
            return filling == null ? Optional.of(current.block(position())) : Optional.empty();
        }

        boolean isUsedUp() {
            return left() == 0;
        }

        private ImagePosition position() {
            return isUsedUp()
                    ? new ImagePosition(new StreamPosition(record.sequence() + 1, offsets, record.topicId()), 0)
                    : new ImagePosition(new StreamPosition(record.sequence(), offsets, record.topicId()), used);
        }

        private int left() {
            return end - used;
        }
    }
}
