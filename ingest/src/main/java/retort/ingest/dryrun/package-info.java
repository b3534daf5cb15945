/**
 * A dry run is ingest without a broker. One epoch of each source goes through the same slices, the same packer and the same tally of
 * rejected samples, and a survey is printed in place of publishing. The command {@code retort ingest --dry-run} runs it. A dry run blocks
 * its caller and owns its threads.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.dryrun;
