package retort.kafka;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import retort.record.Stream;

/**
 * The access to one Kafka cluster: the connection, the names of the topics, and the time that a blocking call may take. Services and
 * commands receive a Broker and reach Kafka only through it. It holds no connection. Every reader, sink and admin client that it opens
 * has connections of its own. Immutable, so any thread may use it. Methods that say "blocks" are meant for the start of a service.
 * The file is long because each method is a contract; the work is done by the classes of this package.
 *
 * @param kafka properties of the clients
 * @param topics names, codecs and keys of the topics
 * @param timeout longest time of every blocking call
 * @param undecodable called for each event that cannot be decoded
 */
public record Broker(KafkaSettings kafka, Topics topics, Duration timeout, Undecodable undecodable) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** A broker that logs each undecodable event once. */
    public Broker(KafkaSettings kafka, Topics topics, Duration timeout) {
        this(kafka, topics, timeout, new SetAside(Optional.empty()));
    }

    /** A broker without further client properties, with a timeout of 30 s. */
    public static Broker at(String bootstrapServers, String prefix) {
        return new Broker(KafkaSettings.of(bootstrapServers), new Topics(prefix), TIMEOUT);
    }

    /**
     * Reads everything under {@code kafka}, {@code topics} and {@code schema-registry}.
     *
     * @throws retort.settings.SettingException if a value is not allowed
     */
    public static Broker from(Config whole, Duration timeout) {
        return new Broker(KafkaSettings.from(whole), Topics.from(whole), timeout);
    }

    /** Reads everything under {@code kafka}, {@code topics} and {@code schema-registry}. The timeout is 30 s. */
    public static Broker from(Config whole) {
        return from(whole, TIMEOUT);
    }

    public Broker withTimeout(Duration other) {
        return new Broker(kafka, topics, other, undecodable);
    }

    /** This broker, with another handler of undecodable events. */
    public Broker onUndecodable(Undecodable handler) {
        return new Broker(kafka, topics, timeout, handler);
    }

    /**
     * This broker, changed to log an undecodable event once and to publish it to {@code rejected}.
     *
     * @param sink belongs to the caller, who closes it after every reader
     * @param service name of the service; the source of the published event is service/topic
     */
    public Broker rejectingTo(RecordSink sink, String service) {
        return onUndecodable(new SetAside(Optional.of(new SetAside.Publishing(sink, topics.rejected(), service))));
    }

    /**
     * Reads the latest committed value of every key, up to the present end of the topic. A tombstone removes its key. Blocks until the
     * topic is read, which includes the time until all presently open transactions are decided. Empty if the topic does not exist.
     *
     * @throws BrokerException if no broker answers in time, or if the broker does not let the topic be read to its end
     */
    public <T extends SpecificRecord> Map<String, T> table(Topic<T> topic) {
        return table(topic, key -> true);
    }

    /**
     * Reads as {@link #table(Topic)} does, but decodes and keeps only the values of some keys. It is for a topic whose values are too large
     * to be held together.
     */
    public <T extends SpecificRecord> Map<String, T> table(Topic<T> topic, Predicate<String> keys) {
        return EventReader.table(this, topic, keys);
    }

    /** The keys of {@link #table(Topic)}. Reads as it does, but decodes and holds no value. */
    public Set<String> keys(Topic<?> topic) {
        return EventReader.keys(this, topic);
    }

    /** Follows committed events, as {@link #follow(Topic, From, IsolationLevel, String)}. */
    public <T extends SpecificRecord> Flux<Event<T>> follow(Topic<T> topic, From from, String name) {
        return follow(topic, from, IsolationLevel.READ_COMMITTED, name);
    }

    /**
     * Emits the events of every partition from {@code from} on, endlessly, in the order of each partition. Undecodable events are skipped.
     * If the topic does not exist yet, the reader waits for it and then reads it from its beginning. Threads, demand and cancellation are
     * as in {@link #batches}.
     *
     * @param name names the thread, {@code retort-source-NAME}; the client id is the prefix and this name
     */
    public <T extends SpecificRecord> Flux<Event<T>> follow(Topic<T> topic, From from, IsolationLevel isolation, String name) {
        return EventReader.read(this, topic, from, isolation, name);
    }

    /**
     * Emits every committed event from the beginning on, endlessly, as {@link #follow(Topic, From, String)} does, and an empty Optional,
     * once, where the history ends. The history is what is committed when the reader finds the topic: nothing, if the topic is made
     * later. The marker comes as soon as the reader stands at the end of the history, also if there is no record.
     *
     * @param name names the thread, {@code retort-source-NAME}; the client id is the prefix and this name
     */
    public <T extends SpecificRecord> Flux<Optional<Event<T>>> replay(Topic<T> topic, String name) {
        return EventReader.replay(this, topic, name);
    }

    /** The registry of the streams' descriptions. */
    public StreamRegistry streams() {
        return new StreamRegistry(this);
    }

    /**
     * Emits the batches of a stream in sequence order, from {@code from} on. A repeated sequence is dropped. Demand is counted in records.
     * Records that are fetched ahead of demand take at most {@code budgetBytes}, divided among the partitions. The partition that holds the
     * next sequence is never paused. The consumer uses {@code assign} and {@code seek} and joins no group. The Flux is cold: each
     * subscriber has its own consumer and its own thread ({@code retort-source-NAME}), which calls the subscriber. Cancellation closes the
     * consumer.
     * <p>
     * The Flux completes after {@code lastSequence} if it is given. It fails with {@link StreamGapException} if a sequence is missing or a
     * record is undecodable, with {@link PositionOutOfRangeException} if retention has deleted {@code from}, and with
     * {@link TopicChangedException} if the topic does not exist, is not the one that {@code from} was saved for, or is deleted while it is
     * read. A topic with more partitions than the stream is read like any other, because the stream uses the first ones.
     *
     * @param name names the thread and, behind the prefix, the client id
     */
    public Flux<BatchRecord> batches(Stream stream, StreamPosition from, OptionalLong lastSequence, long budgetBytes,
            String name) {
        return StreamReader.source(this, stream, from, lastSequence, budgetBytes, name);
    }

    /** The most bytes that one fetch of {@link #batches} asks for, if its budget is {@code budgetBytes}. */
    public static int fetchBytes(Stream stream, long budgetBytes) {
        return FetchBudget.of(budgetBytes, stream.getPartitions()).fetchBytes();
    }

    /** The first sequence from which the log has no gap up to its end. Blocks. Empty if there is no record. */
    public OptionalLong earliestSequence(Stream stream) {
        return StreamReader.earliestSequence(this, stream);
    }

    /** The last committed sequence of each partition that holds a record. Blocks. */
    public Map<Integer, Long> lastSequences(Stream stream) {
        return StreamReader.lastSequences(this, stream);
    }

    /** One past the last committed sequence, or 0 for an empty stream. Blocks. */
    public long latestSequence(Stream stream) {
        return StreamReader.latestSequence(this, stream);
    }

    /**
     * Emits the committed records of a topic that any program may write, undecoded, in the order of each partition, endlessly. If the topic
     * does not exist yet, the reader waits for it. Partitions that are added while it is read are read from their beginning. The Flux
     * fails with {@link PositionOutOfRangeException} if retention has deleted one of the offsets of {@code from}, and with
     * {@link TopicChangedException} if the topic is not the one that {@code from} was saved for, or is deleted while it is read. Threads,
     * demand and cancellation are as in {@link #batches}.
     *
     * @param name names the thread; the client id is the prefix and this name
     * @param found called on the reader's thread with the result of each look for the topic; empty while it does not exist
     */
    public Flux<ConsumerRecord<byte[], byte[]>> raw(String topic, RawPosition from, String name,
            Consumer<Optional<LiveTopic>> found) {
        return RawReader.read(this, topic, from, name, found);
    }

    /** The topic of this name; empty if there is none. Blocks. @throws BrokerException if the cluster does not tell in time */
    public Optional<LiveTopic> find(String topic) {
        return TopicAdmin.find(this, topic);
    }

    /**
     * Never completes. Fails with {@link TopicChangedException} some seconds after one of these topics was deleted, or deleted and made
     * again. Signals on one of Reactor's elastic threads. Cold; a cancel ends the watch. Readers and sinks watch their topics by
     * themselves; this is for a service that uses topics from time to time.
     */
    public Mono<Void> unchanged(Collection<String> names) {
        return Mono.<Void>create(waiting -> {
            final UsedTopics watched = TopicWatch.use(this, used -> used.change().ifPresent(waiting::error));
            waiting.onDispose(watched::close);
            names.forEach(watched::add);
        }).publishOn(Schedulers.boundedElastic());
    }

    /**
     * Joins a group whose members share work by key. Emits the share of this process, and emits again when the group changes: when a member
     * joins, leaves, or is silent for 10 s. Records that an earlier owner of a key has published are visible when a share is emitted.
     * Publish with {@link Share#fencing}: then a member that does not know yet that the group has changed cannot publish any more. The
     * group is known to the cluster as the prefix and {@code group}. Endless; cancel to leave. Emits on a thread of its own.
     *
     * @param topic an existing topic, whose partition 0 the group's offset is for; no record of it is read
     * @param name names the thread, {@code retort-group-NAME}; the client id is the prefix and this name
     */
    public Flux<Share> share(String group, Topic<?> topic, String name) {
        return GroupMember.join(this, group, topic, name);
    }

    /**
     * Waits until the transactions of former members of a group that wrote the group's offsets of these partitions are decided
     * ({@link Share#fencing(Collection)}). Whoever reads after that sees everything that they have published. Blocks, for little longer
     * than the longest transaction.
     *
     * @param group as in {@link #share}
     * @param partitions partitions that are now this member's own; at least one
     * @param name the client id is the prefix and this name
     */
    public void awaitDecided(String group, Set<TopicPartition> partitions, String name) {
        GroupMember.awaitDecided(this, group, partitions, name);
    }

    /** The metadata of the group for which a transactional producer commits offsets. No consumer joins it. Connects to nothing. */
    public ConsumerGroupMetadata group(String group) {
        return RawReader.group(kafka, group);
    }

    /**
     * A sink for events: idempotent, {@code acks=all}, compressed. The caller closes it.
     *
     * @param name names the thread, {@code retort-sink-NAME}; the client id is the prefix and this name
     * @param inFlightBytes most bytes that the producer holds; sends of twice that many bytes may be unfinished
     */
    public RecordSink sink(String name, long inFlightBytes) {
        return RecordSink.idempotent(this, name, inFlightBytes);
    }

    /**
     * A transactional sink for events. Blocks. When it returns, every transaction of an older owner of the transactional id is decided, and
     * that owner is fenced. The caller closes the sink.
     *
     * @param name as in {@link #sink}; the transactional id is the prefix and this name, too
     * @throws BrokerUnreachableException if no broker answers in time
     */
    public RecordSink transactionalSink(String name, long inFlightBytes) {
        return RecordSink.transactional(this, name, inFlightBytes, ProducerSettings.events(inFlightBytes));
    }

    /**
     * A transactional sink for pixel batches. It differs from {@link #transactionalSink(String, long)}: records are not compressed, and the
     * producer's buffers have the size of one record.
     *
     * @param maxRecordBytes the largest value of a record; a few much smaller records are allowed, too
     */
    public RecordSink transactionalSink(String name, long inFlightBytes, int maxRecordBytes) {
        return RecordSink.transactional(this, name, inFlightBytes, ProducerSettings.batches(maxRecordBytes, inFlightBytes));
    }

    /**
     * Creates the event topics that are missing. A setting of an existing topic that breaks the contract is corrected if this process has
     * the right. With a schema registry, the schemas of the events are registered. Blocks.
     *
     * @throws TopicSettingException if an existing topic breaks the contract and cannot be corrected
     * @throws AccessDeniedException if a topic is missing and this process may not create it
     * @throws BrokerUnreachableException if no broker answers in time
     * @throws retort.registry.RegistryException if the schema registry does not answer, or does not take a schema
     */
    public void ensureEventTopics() {
        TopicAdmin.ensureEventTopics(this);
    }

    /**
     * Creates {@code images.<stream>} if it is missing. If it exists, limits that are lower than the wanted ones are raised, and a setting
     * that breaks the contract is corrected if this process has the right. Blocks until every partition has a leader that answers.
     *
     * @param retentionBytes bytes kept of the whole stream, divided among the partitions (never limited by time); -1 keeps all records
     * @param maxRecordBytes the largest record; max.message.bytes and segment.bytes are derived from it
     * @throws TopicSettingException if the topic has fewer partitions, or breaks the contract and cannot be corrected
     * @throws AccessDeniedException if the topic is missing and this process may not create it
     * @throws BrokerUnreachableException if no broker answers in time
     */
    public void ensureImages(String stream, int partitions, long retentionBytes, int maxRecordBytes) {
        TopicAdmin.ensureImages(this, stream, partitions, retentionBytes, maxRecordBytes);
    }

    /** Number of bytes that the broker keeps of the whole stream, over all partitions; -1 for no limit. Blocks. */
    public long retentionBytes(Stream stream) {
        return TopicAdmin.retentionBytes(this, stream);
    }

    /**
     * Asks the cluster with an admin client and closes the client afterwards. Blocks.
     *
     * @throws BrokerUnreachableException if no broker answers in time
     */
    public <R> R ask(Function<Admin, R> question) {
        return TopicAdmin.ask(this, question);
    }

    /** Waits for an answer within {@link #ask}. A failure of the answer is thrown unchanged. Blocks. */
    public static <R> R await(KafkaFuture<R> answer) {
        return TopicAdmin.await(answer);
    }

    /** The prefix and {@code name}, because client ids and transactional ids must be unique in the whole cluster. */
    String global(String name) {
        return topics.prefix() + name;
    }
}
