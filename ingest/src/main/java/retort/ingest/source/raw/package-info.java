/**
 * Encoded images from a Kafka topic that any program may publish to, as an unbounded source. The ingest pipeline subscribes to it. Samples
 * are emitted on the reader's own thread, and each carries the offsets after it.
 */
@org.jspecify.annotations.NullMarked
package retort.ingest.source.raw;
