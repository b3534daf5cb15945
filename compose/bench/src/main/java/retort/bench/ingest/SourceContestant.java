package retort.bench.ingest;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import retort.bench.BenchException;
import retort.ingest.Sources;
import retort.ingest.budget.ByteBudget;
import retort.ingest.recipe.Recipe;
import retort.ingest.recipe.RecipeSettings;
import retort.ingest.source.DataSource;
import retort.ingest.source.IndexedSource;
import retort.ingest.source.Sample;
import retort.ingest.source.ShardedSource;
import retort.ingest.source.SourceContext;
import retort.ingest.source.SourceException;
import retort.kafka.Broker;
import retort.place.Places;
import retort.random.Permutation;

/**
 * Retort's own source and recipe on one or two threads: an indexed source in a shuffled order, a sharded one forward, each thread through
 * its own shards. It measures the share of the time in which a thread waits for the bytes of a sample and does not decode.
 */
final class SourceContestant implements CropContestant {
    private static final double NANOS = 1e9;

    private final String key;
    private final DataSource source;
    private final int ahead;
    private final RecipeSettings settings;
    private final Recipe recipe;
    private final TwoThreads threads = new TwoThreads();
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong shard = new AtomicLong();
    private final AtomicLong waited = new AtomicLong();
    private final AtomicLong worked = new AtomicLong();

    /** Hands out one sample after another. */
    private interface Reading extends AutoCloseable {
        Sample next() throws IOException;

        @Override
        default void close() throws IOException {
        }
    }

    /**
     * @param uri a source as in {@code ingest.source}; it reads no topic
     * @param places where it lies; the caller closes them after the contestant
     * @param ahead samples of an indexed source that are fetched ahead of each thread, as ingest does from a store; 0 on a disk
     */
    SourceContestant(String key, String uri, RecipeSettings settings, Places places, int ahead) {
        this.key = key;
        this.settings = settings;
        this.ahead = ahead;
        try {
            this.source = Sources.open(uri, new SourceContext(Broker.at("localhost:1", ""), Map.of(), places));
        } catch (SourceException e) {
            throw new BenchException(String.valueOf(e.getMessage()));
        }
        this.recipe = Recipe.of(settings, new ByteBudget(64 << 20));
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String title() {
        return "Retort";
    }

    @Override
    public OptionalDouble waiting() {
        return OptionalDouble.of((double) waited.get() / (waited.get() + worked.get()));
    }

    @Override
    public double turn(int workers, double seconds) {
        return threads.run(key, workers, worker -> work(seconds));
    }

    private double work(double seconds) throws Exception {
        final byte[] target = new byte[settings.imageBytes()];
        final long start = System.nanoTime();
        final long end = start + (long) (seconds * NANOS);
        long now = start;
        long count = 0;
        try (Reading reading = reading()) {
            for (; now < end; count++) {
                final Sample sample = reading.next();
                final long read = System.nanoTime();
                recipe.apply(sample, count, target, 0);
                waited.addAndGet(read - now);
                now = System.nanoTime();
                worked.addAndGet(now - read);
            }
        }
        return count * NANOS / (System.nanoTime() - start);
    }

    private Reading reading() {
        return switch (source) {
            case IndexedSource indexed when ahead > 0 -> new Ahead(indexed);
            case IndexedSource indexed -> () -> shuffled(indexed, next.getAndIncrement());
            case ShardedSource sharded -> new Forward(sharded);
            default -> throw new BenchException(key + " has no end");
        };
    }

    private static Sample shuffled(IndexedSource indexed, long number) throws IOException {
        final long epoch = number / indexed.size();
        return indexed.read(Permutation.of(indexed.size(), 0, "order", epoch).at(number % indexed.size()));
    }

    /** Samples that threads of their own fetch. Confined to one thread. */
    private final class Ahead implements Reading {
        private final IndexedSource indexed;
        private final Deque<CompletableFuture<Sample>> begun = new ArrayDeque<>();

        Ahead(IndexedSource indexed) {
            this.indexed = indexed;
        }

        @Override
        public Sample next() {
            while (begun.size() < ahead) {
                final long number = SourceContestant.this.next.getAndIncrement();
                begun.add(CompletableFuture.supplyAsync(() -> fetched(number), Thread::startVirtualThread));
            }
            return begun.remove().join();
        }

        private Sample fetched(long number) {
            try {
                return shuffled(indexed, number);
            } catch (IOException e) {
                throw new BenchException(key + ": " + e.getMessage());
            }
        }

        @Override
        public void close() {
            begun.forEach(CompletableFuture::join);
        }
    }

    /** One shard after another that no other thread has taken. Confined to one thread. */
    private final class Forward implements Reading {
        private final ShardedSource sharded;
        private ShardedSource.ShardReader reader;
        private long left;

        Forward(ShardedSource sharded) {
            this.sharded = sharded;
            this.reader = open();
        }

        private ShardedSource.ShardReader open() {
            final int number = (int) (shard.getAndIncrement() % sharded.shards());
            left = sharded.samples(number);
            try {
                return sharded.open(number, 0);
            } catch (IOException e) {
                throw new BenchException(key + ": " + e.getMessage());
            }
        }

        @Override
        public Sample next() throws IOException {
            while (left == 0) {
                reader.close();
                reader = open();
            }
            left--;
            return reader.next();
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    @Override
    public void close() {
        threads.close();
        recipe.close();
        try {
            source.close();
        } catch (IOException e) {
            throw new BenchException(key + " cannot be closed: " + e.getMessage());
        }
    }
}
