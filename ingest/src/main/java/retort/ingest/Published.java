package retort.ingest;

/**
 * What one transaction committed.
 *
 * @param lastSequence of its records
 * @param epoch of that record
 * @param records in it
 * @param bytes of them
 */
record Published(long lastSequence, long epoch, int records, long images, long rejected, long bytes) {
}
