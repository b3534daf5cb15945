package retort.kafka;

import org.jspecify.annotations.Nullable;

/** Sends parcels to the broker, with or without transactions. The sink's thread calls it, and it may block that thread. */
interface Delivery {
    /**
     * Sends a parcel. {@code done} is called once, on any thread, when the outcome is known.
     *
     * @throws FencedException if a newer owner of the transactional id is at work; every later call throws it, too
     */
    void deliver(Parcel parcel, Outcome done);

    /** A callback for the outcome of one parcel. */
    @FunctionalInterface
    interface Outcome {
        /** @param failure null if every record is acknowledged and, in a transaction, committed */
        void known(@Nullable Throwable failure);
    }
}
