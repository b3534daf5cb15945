/**
 * The ingest service: one pipeline a stream, from its source to the broker. {@link retort.ingest.IngestService} owns all threads, and each
 * pipeline is declared in {@link retort.ingest.IngestPipeline}.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest;
