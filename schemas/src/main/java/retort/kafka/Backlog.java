package retort.kafka;

/** Counts the sends of a sink that are not finished, and refuses one too many. Any thread; never blocks. */
final class Backlog {
    private final int mostParcels;
    private final long mostBytes;
    private int parcels;
    private long bytes;

    Backlog(int mostParcels, long mostBytes) {
        this.mostParcels = mostParcels;
        this.mostBytes = mostBytes;
    }

    /**
     * Counts a parcel. Returns false, and counts nothing, when {@code mostParcels} or {@code mostBytes} are reached already. So the bytes
     * may exceed {@code mostBytes} by one parcel, because a parcel of any size must be possible.
     */
    synchronized boolean enter(long parcelBytes) {
        if (parcels >= mostParcels || parcels > 0 && bytes >= mostBytes)
            return false;
        parcels++;
        bytes += parcelBytes;
        return true;
    }

    /** Uncounts a parcel that {@link #enter} has counted. */
    synchronized void leave(long parcelBytes) {
        parcels--;
        bytes -= parcelBytes;
    }

    @Override
    public synchronized String toString() {
        return parcels + " sends of " + bytes + " bytes";
    }
}
