package retort.ingest;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import retort.codec.ImageBatchWriter;
import retort.ingest.decode.ByteBudget;
import retort.ingest.decode.RejectedImageException;
import retort.ingest.order.PendingSample;
import retort.ingest.order.Slice;
import retort.ingest.recipe.Recipe;
import retort.ingest.source.Sample;
import retort.record.Rejected;

/**
 * Makes a record of a slice: its samples are read, decoded and augmented on the pool, several at once, each straight into its
 * place in the record's own bytes, for which there is a permit first. A sample that fails is left out and reported. Any thread
 * may subscribe; results come on the pool.
 */
final class Packer {
    /** A task fills at least so many bytes: tiny images are not worth a task each. */
    private static final int TASK_BYTES = 64 << 10;

    private final StreamSettings stream;
    private final int classes;
    private final int recordBytes;
    private final Recipe recipe;
    private final ByteBudget records;
    private final Scheduler pool;

    /**
     * @param classes labels are below it; 0 where the source names none
     * @param recordBytes of the largest record
     * @param records what records hold permits of until they are published
     */
    Packer(StreamSettings stream, int classes, int recordBytes, Recipe recipe, ByteBudget records, Scheduler pool) {
        this.stream = stream;
        this.classes = classes;
        this.recordBytes = recordBytes;
        this.recipe = recipe;
        this.records = records;
        this.pool = pool;
    }

    Mono<PackedRecord> pack(Slice slice) {
        return records.whenFree(recordBytes).publishOn(pool).map(permit -> new Filling(slice, permit))
                .flatMap(filling -> Flux.fromStream(filling::tasks)
                        .flatMap(task -> Mono.fromRunnable(task).subscribeOn(pool), Integer.MAX_VALUE)
                        .then(Mono.fromCallable(filling::finish)));
    }

    /** One record while it is filled; its slots are written from several threads, each by one. */
    private final class Filling {
        private final Slice slice;
        private final ByteBudget.Permit permit;
        private final List<PendingSample> samples;
        private final ImageBatchWriter writer;
        private final @Nullable Rejected[] rejected;

        Filling(Slice slice, ByteBudget.Permit permit) {
            this.slice = slice;
            this.permit = permit;
            this.samples = slice.samples();
            this.rejected = new Rejected[samples.size()];
            this.writer = ImageBatchWriter.begin(stream.name(), slice.epoch(), slice.sequence(), stream.recipe().image(),
                    stream.recipe().image(), stream.recipe().channels(),
                    samples.stream().mapToInt(PendingSample::label).toArray(),
                    samples.stream().mapToLong(PendingSample::id).toArray());
        }

        java.util.stream.Stream<Runnable> tasks() {
            final int step = Math.max(1, TASK_BYTES / stream.recipe().imageBytes());
            return IntStream.iterate(0, from -> from < samples.size(), from -> from + step)
                    .mapToObj(from -> () -> IntStream.range(from, Math.min(from + step, samples.size())).forEach(this::fill));
        }

        private void fill(int slot) {
            final PendingSample pending = samples.get(slot);
            String name = "sample " + pending.id();
            try {
                final Sample sample = pending.read();
                name = sample.name();
                if (sample.content() instanceof Sample.Unreadable(String where, String reason)) {
                    reject(slot, name, where, reason);
                    return;
                }
                if (sample.label() < -1 || classes > 0 && sample.label() >= classes)
                    throw new RejectedImageException("label " + sample.label() + " is none of the " + classes + " classes");
                recipe.apply(sample, slice.epoch(), writer.array(), writer.pixelOffset(slot));
            } catch (RejectedImageException | IOException e) {
                reject(slot, name, name,
                        e instanceof RejectedImageException ? String.valueOf(e.getMessage()) : "cannot be read: " + e);
            } catch (RuntimeException e) { // a source or a decoder that stumbles over this sample: the stream goes on
                reject(slot, name, name, e.toString());
            }
        }

        private void reject(int slot, String name, String where, String reason) {
            writer.reject(slot);
            rejected[slot] = Rejected.newBuilder().setSource("ingest/" + stream.source()).setStream(stream.name()).setWhat(name)
                    .setWhere(where).setReason(reason).setSequence(slice.sequence()).setSampleId(samples.get(slot).id())
                    .setAt(Instant.now()).build();
        }

        PackedRecord finish() {
            final List<Rejected> reasons = java.util.Arrays.stream(rejected).filter(Objects::nonNull).toList();
            return new PackedRecord(slice.sequence(), slice.epoch(), samples.size() - reasons.size(), writer.finish(), reasons,
                    slice.sourcePosition(), permit);
        }
    }
}
