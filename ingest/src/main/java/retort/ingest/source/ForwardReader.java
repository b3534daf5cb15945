package retort.ingest.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A shard that is read forward, from any of its samples on. Damage is an error of every sample after it. It is found as well when a
 * resume only passes over it, so that the same samples are rejected before and after a resume. Confined to one thread.
 */
public final class ForwardReader implements ShardedSource.ShardReader {
    /** Opens a shard at its first sample. */
    @FunctionalInterface
    public interface Opener {
        Samples open() throws IOException;
    }

    /** The samples of one shard, from its first on. */
    public interface Samples extends Closeable {
        /**
         * The next sample, or empty at the end. A sample that cannot be read, while those after it can, is a
         * {@link Sample.Unreadable}.
         *
         * @param id the sample's id
         * @param wanted false to pass over it: its content may be left out
         * @throws IOException if nothing from here on can be read
         */
        Optional<Sample> next(long id, boolean wanted) throws IOException;
    }

    /**
     * The samples that are wanted of a shard.
     *
     * @param first id of the shard's first sample
     * @param from number of samples to pass over
     * @param count number of samples of the shard
     */
    public record Range(long first, long from, long count) {
    }

    private final String shard;
    private final LongConsumer ended;
    private final long end;
    private @Nullable Samples samples;
    private @Nullable IOException damage;
    private long next;

    /**
     * @param shard the shard's name in messages
     * @param ended receives the number of samples after the last one that {@code range} counts, once that last one has been read
     */
    public ForwardReader(String shard, Range range, Opener opener, LongConsumer ended) {
        this.shard = shard;
        this.ended = ended;
        this.next = range.first();
        this.end = range.first() + range.count();
        try {
            samples = opener.open();
            for (long passed = 0; passed < range.from(); passed++)
                take(samples, false);
        } catch (IOException e) {
            damage = e;
        }
        this.next = range.first() + range.from();
    }

    @Override
    public Sample next() throws IOException {
        if (damage != null || samples == null)
            throw new IOException(damage == null ? shard + " is closed" : damage.getMessage(), damage);
        final Sample sample;
        try {
            sample = take(samples, true);
        } catch (IOException e) {
            damage = e;
            throw e;
        }
        if (next == end)
            readOn(samples);
        return sample.readable();
    }

    private Sample take(Samples from, boolean wanted) throws IOException {
        final long id = next++;
        return from.next(id, wanted).orElseThrow(
                () -> new IOException(shard + " ends sooner than its list of lengths says: correct or remove the list"));
    }

    /** Counts the samples after the last one of the list of lengths, because a list that counts too few would silently lose them. */
    private void readOn(Samples from) {
        long more = 0;
        try {
            while (from.next(end + more, false).isPresent())
                more++;
        } catch (IOException damaged) {
            // after the last sample that anyone asks for
        }
        ended.accept(more);
    }

    @Override
    public void close() throws IOException {
        if (samples != null)
            samples.close();
        samples = null;
    }
}
