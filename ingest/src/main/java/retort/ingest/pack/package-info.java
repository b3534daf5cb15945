/**
 * Turns slices of samples into encoded records: reads, judges, decodes and augments each sample, and names each one that is rejected. The
 * ingest pipeline and the dry run both call it, so both reject the same samples for the same reasons. The work runs on the
 * {@link retort.ingest.pack.DecodingPool}.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.pack;
