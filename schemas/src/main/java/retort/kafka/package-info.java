/**
 * Kafka as Reactor sees it: readers are cold Fluxes over a consumer that one named thread owns, sinks slow their callers
 * down. Services call it; buffers handed out belong to the receiver.
 */
@org.jspecify.annotations.NullMarked
package retort.kafka;
