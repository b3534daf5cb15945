package retort.ingest.pack;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import retort.codec.ImageBatchWriter;
import retort.ingest.budget.ByteBudget;
import retort.ingest.decode.RejectedImageException;
import retort.ingest.order.PendingSample;
import retort.ingest.order.Slice;
import retort.ingest.recipe.Recipe;
import retort.ingest.settings.StreamSettings;
import retort.ingest.source.Sample;
import retort.place.PlaceException;
import retort.record.Rejected;
import retort.trace.RecordTrace;

/**
 * Makes a record of a slice. It first waits for a permit for the record's bytes. Then the pool reads, decodes and augments the samples,
 * several at once, each straight into its place in the record's bytes. A sample that fails is left out of the record and named in
 * its list of rejections. Any thread may subscribe; results come on the pool.
 */
public final class Packer {
    /** Least pixel bytes of one task, because tiny images are not worth a task each. */
    private static final int TASK_BYTES = 64 << 10;

    private final StreamSettings stream;
    private final int classes;
    private final int recordBytes;
    private final Recipe recipe;
    private final Resources resources;
    private final Rejections rejections;
    private final Consumer<Sample> usable;
    private final PackMetrics metrics;

    /**
     * The resources that the streams of a process share.
     *
     * @param records permits for the bytes of records, held until they are published
     * @param pool the scheduler on which samples are read and decoded
     */
    public record Resources(ByteBudget records, Scheduler pool) {
    }

    /**
     * @param classes number of classes that the source names; 0 if it names none, and then any label is accepted
     * @param recordBytes bytes of the largest record
     * @param recipe owned by the caller, who closes it
     * @param usable called for each sample that is not rejected, on the pool, by several threads at once
     */
    public Packer(StreamSettings stream, int classes, int recordBytes, Recipe recipe, Resources resources,
            Consumer<Sample> usable) {
        this.stream = stream;
        this.classes = classes;
        this.recordBytes = recordBytes;
        this.recipe = recipe;
        this.resources = resources;
        this.rejections = new Rejections(stream);
        this.usable = usable;
        this.metrics = new PackMetrics(stream.name());
    }

    /** Returns a cold Mono of the packed record. The receiver closes the record's permit. */
    public Mono<PackedRecord> pack(Slice slice) {
        return resources.records.whenFree(recordBytes).publishOn(resources.pool).map(permit -> new Filling(slice, permit))
                .flatMap(filling -> Flux.fromStream(filling::tasks)
                        .flatMap(task -> Mono.fromRunnable(task).subscribeOn(resources.pool), Integer.MAX_VALUE)
                        .then(Mono.fromCallable(filling::finish)));
    }

    /** One record while it is filled. Several threads write its slots, and each slot is written by one thread. */
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
            String where = name;
            final long begin = System.nanoTime();
            try {
                final Sample sample = pending.read();
                final long read = System.nanoTime();
                metrics.read(read - begin);
                name = sample.name();
                where = sample.where();
                trace(RecordTrace.Stage.READ, where);
                if (sample.content() instanceof Sample.Unreadable(String place, String reason)) {
                    reject(slot, PackMetrics.Refusal.UNREADABLE, name, place, reason);
                    return;
                }
                requireClass(sample.label());
                recipe.apply(sample, slice.epoch(), writer.array(), writer.pixelOffset(slot));
                metrics.decoded(System.nanoTime() - read);
                trace(RecordTrace.Stage.DECODED, where);
                usable.accept(sample);
            } catch (RejectedImageException e) {
                reject(slot, PackMetrics.Refusal.IMAGE, name, where, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                reject(slot, PackMetrics.Refusal.UNREADABLE, name, where, "cannot be read: " + e);
            } catch (PlaceException e) { // says nothing about this sample: the stream stops, and goes on when it is started again
                throw e;
            } catch (RuntimeException e) { // a source or a decoder fails on this sample; the stream goes on
                reject(slot, PackMetrics.Refusal.FAILURE, name, where, e.toString());
            }
        }

        private void trace(RecordTrace.Stage stage, String where) {
            if (RecordTrace.isOn())
                RecordTrace.note(stream.name(), slice.sequence(), stage, where);
        }

        private void requireClass(int label) throws RejectedImageException {
            if (label < -1 || classes > 0 && label >= classes)
                throw new RejectedImageException("label " + label + " is none of the " + classes + " classes");
        }

        private void reject(int slot, PackMetrics.Refusal refusal, String name, String where, String reason) {
            metrics.rejected(refusal);
            writer.reject(slot);
            rejected[slot] = rejections.of(slice.sequence(), samples.get(slot).id(), name, where, reason);
        }

        PackedRecord finish() {
            final List<Rejected> reasons = java.util.Arrays.stream(rejected).filter(Objects::nonNull).toList();
            return new PackedRecord(slice.sequence(), slice.epoch(), samples.size() - reasons.size(), writer.finish(), reasons,
                    slice.sourcePosition(), 0, permit);
        }
    }
}
