package retort.bench.ingest;

import java.io.IOException;
import java.util.Map;
import java.util.OptionalDouble;
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
import retort.random.Permutation;

/**
 * Retort's own source and recipe on one or two threads: an indexed source in a shuffled order, a sharded one forward, each thread through
 * its own shards. It measures the share of the time in which a thread waits for the bytes of a sample and does not decode.
 */
final class SourceContestant implements CropContestant {
    private static final double NANOS = 1e9;

    private final String key;
    private final DataSource source;
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

    /** @param uri a source as in {@code ingest.source}; it reads no topic */
    SourceContestant(String key, String uri, RecipeSettings settings) {
        this.key = key;
        this.settings = settings;
        try {
            this.source = Sources.open(uri, new SourceContext(Broker.at("localhost:1", ""), Map.of()));
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
            case IndexedSource indexed -> () -> shuffled(indexed, next.getAndIncrement());
            case ShardedSource sharded -> new Forward(sharded);
            default -> throw new BenchException(key + " has no end");
        };
    }

    private static Sample shuffled(IndexedSource indexed, long number) throws IOException {
        final long epoch = number / indexed.size();
        return indexed.read(Permutation.of(indexed.size(), 0, "order", epoch).at(number % indexed.size()));
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
