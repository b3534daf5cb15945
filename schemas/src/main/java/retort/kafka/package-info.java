/**
 * Kafka as Reactor sees it: readers are cold Fluxes over a consumer that one named thread owns ({@code retort-source-NAME}), sinks
 * slow their callers down and work and signal on a thread of their own ({@code retort-sink-NAME}). Services call it from any thread;
 * buffers handed out belong to the receiver, those handed in to the sink.
 * <p>
 * A reader begins at {@link retort.kafka.RecordSource}: {@code SourceSubscription} is the loop, {@code OwnedConsumer} the thread's consumer,
 * {@code Demand} what was asked for, {@code FetchGate} what is fetched, {@code Merge} what comes next. {@link retort.kafka.Broker} is the
 * door to all of it, {@link retort.kafka.Topics} the table of topics.
 */
@org.jspecify.annotations.NullMarked
package retort.kafka;
