package retort.ingest;

/**
 * The result of one committed transaction.
 *
 * @param lastSequence sequence of its last record
 * @param epoch epoch of that record
 * @param records number of records
 * @param images number of images in the records
 * @param rejected number of samples that were rejected from the records
 * @param bytes bytes of all records
 */
record Published(long lastSequence, long epoch, int records, long images, long rejected, long bytes) {
}
