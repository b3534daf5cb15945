package retort.bench.ingest;

import java.util.OptionalDouble;

/** A way to make pretraining crops of the photographs. For use by one thread. {@link #close} ends its workers. */
interface CropContestant extends AutoCloseable {
    /** The contestant's key in the JSON object. */
    String key();

    String title();

    /**
     * Works for about {@code seconds}.
     *
     * @param workers threads or processes that work at the same time, at most two
     * @return images a second, all workers together
     */
    double turn(int workers, double seconds);

    /** The share of all turns' time in which a worker waited for bytes. Empty for a contestant that does not measure it. */
    default OptionalDouble waiting() {
        return OptionalDouble.empty();
    }

    @Override
    void close();
}
