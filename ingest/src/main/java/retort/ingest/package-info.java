/**
 * The ingest service. It runs one pipeline for each stream, from the stream's source to the broker. {@link retort.ingest.IngestService}
 * owns all threads, and {@link retort.ingest.IngestPipeline} declares a pipeline.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest;
