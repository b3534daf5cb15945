/**
 * Kafka with Reactor. A reader is a cold Flux over a consumer, which one named thread owns ({@code retort-source-NAME}). A sink slows its
 * callers down, and works and signals on a thread of its own ({@code retort-sink-NAME}). Services call this package from any thread. A
 * buffer that is emitted belongs to the receiver, and a buffer that is sent belongs to the sink.
 * <p>
 * To understand a reader, begin with {@link retort.kafka.RecordSource}. {@code SourceSubscription} is the loop, {@code OwnedConsumer} the
 * consumer of its thread, {@code Demand} the number of requested items, {@code FetchGate} decides which partitions are fetched, and
 * {@code Merge} which record is emitted next. {@link retort.kafka.Broker} gives access to all of them. {@link retort.kafka.Topics} is
 * the table of topics.
 */
@org.jspecify.annotations.NullMarked
package retort.kafka;
