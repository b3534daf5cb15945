package retort.ingest;

/**
 * The counts of one committed transaction.
 *
 * @param lastSequence the highest sequence of its records
 * @param epoch the epoch of that record
 * @param records number of records
 * @param images images in those records
 * @param rejected samples that those records lack
 * @param bytes bytes of those records
 */
record Published(long lastSequence, long epoch, int records, long images, long rejected, long bytes) {
}
