package retort.kafka;

/** Counts the unfinished sends of a sink and refuses a send above its limits. Any thread may call it; it never blocks. */
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
     * Counts a parcel. If {@code mostParcels} or {@code mostBytes} are already reached, it counts nothing and returns false. The counted
     * bytes may exceed {@code mostBytes} by one parcel, because a parcel of any size must be possible.
     */
    synchronized boolean enter(long parcelBytes) {
        if (parcels >= mostParcels || parcels > 0 && bytes >= mostBytes)
            return false;
        parcels++;
        bytes += parcelBytes;
        return true;
    }

    /** Reverts {@link #enter} for a parcel that it has counted. */
    synchronized void leave(long parcelBytes) {
        parcels--;
        bytes -= parcelBytes;
    }

    @Override
    public synchronized String toString() {
        return parcels + " sends of " + bytes + " bytes";
    }
}
