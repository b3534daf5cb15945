package retort.ingest.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A shard read forward from any of its samples. Damage is an error of every sample from there on, and also when a resume only
 * passes over it: the samples after it are rejected alike before and after. Confined to one thread.
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
         * The next sample, or empty at the end. One that cannot be read, while those after it can, is a
         * {@link Sample.Unreadable}.
         *
         * @param id what the sample will be called
         * @param wanted false to pass over it: its content may be left out
         * @throws IOException when nothing from here on can be read
         */
        Optional<Sample> next(long id, boolean wanted) throws IOException;
    }

    private final String shard;
    private @Nullable Samples samples;
    private @Nullable IOException damage;
    private long next;

    /**
     * @param shard what messages call it
     * @param first id of the shard's first sample
     * @param from samples to pass over
     */
    public ForwardReader(String shard, long first, long from, Opener opener) {
        this.shard = shard;
        this.next = first;
        try {
            samples = opener.open();
            for (long passed = 0; passed < from; passed++)
                take(samples, false);
        } catch (IOException e) {
            damage = e;
        }
        this.next = first + from;
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
        return sample.readable();
    }

    private Sample take(Samples from, boolean wanted) throws IOException {
        final long id = next++;
        return from.next(id, wanted).orElseThrow(
                () -> new IOException(shard + " ends sooner than its list of lengths says: correct or remove the list"));
    }

    @Override
    public void close() throws IOException {
        if (samples != null)
            samples.close();
        samples = null;
    }
}
