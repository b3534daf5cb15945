/**
 * Decides how far ingest may run ahead. {@link retort.ingest.demand.Demand} follows the topic {@code progress} and finds the run that the
 * stream waits for; {@link retort.ingest.demand.StreamLedger} counts the images beyond it. The ingest pipeline asks before it reads a
 * slice; answers come on the reading thread of the topic.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.demand;
