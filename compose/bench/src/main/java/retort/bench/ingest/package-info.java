/**
 * {@code retort bench ingest}: the speed of making crops beside torchvision, and the speed of publishing beside Kafka's own producer
 * tool. {@link retort.bench.ingest.IngestBench} runs on the thread that calls it; it closes the threads and processes of its contestants.
 */
@org.jspecify.annotations.NullMarked
package retort.bench.ingest;
