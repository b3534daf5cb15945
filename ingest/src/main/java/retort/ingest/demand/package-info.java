/**
 * Decides how far ingest may run ahead. {@link retort.ingest.demand.Demand} follows the topic {@code progress} and finds the run that the
 * stream waits for. {@link retort.ingest.demand.StreamLedger} counts the images beyond that run. The ingest pipeline asks before it packs a
 * slice. Answers come on the thread that reads the topic or on the timer's thread.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.demand;
