package retort.kafka;

import org.jspecify.annotations.Nullable;

/** A way to send parcels to the broker: with or without transactions. Called on the sink's thread, which it may block. */
interface Delivery {
    /**
     * Sends a parcel; {@code done} is told once, on any thread, when its outcome is known.
     *
     * @throws FencedException when a newer owner of the transactional id is at work; any later call will throw it too
     */
    void deliver(Parcel parcel, Outcome done);

    /** A callback for the outcome of one parcel. */
    @FunctionalInterface
    interface Outcome {
        /** @param failure null when every record is acknowledged, and committed in a transaction */
        void known(@Nullable Throwable failure);
    }
}
