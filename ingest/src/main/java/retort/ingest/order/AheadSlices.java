package retort.ingest.order;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import retort.ingest.budget.ByteBudget;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;

/**
 * Slices whose samples are read before their turn, where a read fetches bytes over a network: the next slices are asked for while others
 * are decoded. The bytes of the samples that wait are within a budget. A sample that finds no room is read when it is its turn, so no
 * stream waits for the room of another. Immutable.
 */
public final class AheadSlices implements Slices {
    /** Slices that are begun ahead; the budget is reached first as a rule. */
    private static final int SLICES = 64;
    /** Reads at one time, of all streams with this object. */
    private static final int AT_ONCE = 32;

    private final Slices slices;
    private final IndexedSource source;
    private final ByteBudget budget;
    private final Semaphore connections = new Semaphore(AT_ONCE);

    /** @param budget permits for the bytes that are fetched ahead */
    public AheadSlices(Slices slices, IndexedSource source, ByteBudget budget) {
        this.slices = slices;
        this.source = source;
        this.budget = budget;
    }

    @Override
    public Flux<Slice> from(long sequence, Optional<String> sourcePosition, LongPredicate wanted) {
        return Flux.defer(() -> {
            final Set<Begun> begun = ConcurrentHashMap.newKeySet();
            return slices.from(sequence, sourcePosition, wanted)
                    .map(slice -> new Slice(slice.sequence(), slice.epoch(),
                            slice.samples().stream().map(sample -> begin(sample, begun)).toList(), slice.sourcePosition()))
                    .limitRate(SLICES).doOnCancel(() -> begun.forEach(Begun::drop));
        });
    }

    private PendingSample begin(PendingSample sample, Set<Begun> all) {
        final long bytes = source.fetched(sample.id());
        if (bytes == 0)
            return sample;
        final Begun begun = new Begun(sample, all);
        all.add(begun);
        begun.ask(bytes);
        return begun;
    }

    @Override
    public Optional<Layout> layout() {
        return slices.layout();
    }

    @Override
    public OptionalLong lastSequence() {
        return slices.lastSequence();
    }

    /** A sample that a thread of its own reads as soon as there is room for it. */
    private final class Begun implements PendingSample {
        /** The thread that reads the sample: none yet, the thread of its own, or the thread that asks for it. */
        private enum Reader {
            NOBODY, AHEAD, ASKING
        }

        private final PendingSample sample;
        private final Set<Begun> all;
        private final AtomicReference<Reader> reader = new AtomicReference<>(Reader.NOBODY);
        private final AtomicReference<ByteBudget.@Nullable Permit> permit = new AtomicReference<>();
        private final CompletableFuture<Sample> found = new CompletableFuture<>();
        private final Disposable.Swap waiting = Disposables.swap();

        Begun(PendingSample sample, Set<Begun> all) {
            this.sample = sample;
            this.all = all;
        }

        void ask(long bytes) {
            waiting.update(budget.whenFree(bytes).subscribe(this::granted));
        }

        private void granted(ByteBudget.Permit granted) {
            permit.set(granted);
            if (reader.compareAndSet(Reader.NOBODY, Reader.AHEAD))
                Thread.ofVirtual().name("retort-sample-ahead").start(this::fetch);
            else
                release();
        }

        private void fetch() {
            try {
                connections.acquire();
                try {
                    found.complete(sample.read());
                } finally {
                    connections.release();
                }
            } catch (IOException | InterruptedException | RuntimeException | Error e) {
                found.completeExceptionally(e);
            }
        }

        @Override
        public long id() {
            return sample.id();
        }

        @Override
        public int label() {
            return sample.label();
        }

        @Override
        public Sample read() throws IOException {
            all.remove(this);
            if (reader.compareAndSet(Reader.NOBODY, Reader.ASKING)) {
                waiting.dispose();
                return sample.read();
            }
            try {
                return found.join();
            } catch (CompletionException e) {
                switch (e.getCause()) {
                    case IOException cause -> throw cause;
                    case RuntimeException cause -> throw cause;
                    case null, default -> throw e;
                }
            } finally {
                release();
            }
        }

        /** Gives the room back without a reader. */
        void drop() {
            if (reader.compareAndSet(Reader.NOBODY, Reader.ASKING))
                waiting.dispose();
            else
                whenFound();
        }

        private void whenFound() {
            final var _ = found.whenComplete((done, failed) -> release());
        }

        private void release() {
            final ByteBudget.Permit held = permit.getAndSet(null);
            if (held != null)
                held.close();
        }
    }
}
