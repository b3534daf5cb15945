package retort.kafka;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import reactor.core.publisher.Flux;
import retort.record.Stream;

/**
 * The door to one Kafka cluster: how to connect, the names of the topics, and how long a blocking call may take. Services and commands
 * are given one of these and reach Kafka only through it. It holds no connection: every reader, sink and admin client that it opens
 * has connections of its own. Immutable; any thread. Methods that say "blocks" are for a service's start.
 *
 * @param kafka properties of the clients
 * @param topics names, codecs and keys
 * @param timeout of every call that blocks
 * @param undecodable called for events that cannot be decoded
 */
public record Broker(KafkaSettings kafka, Topics topics, Duration timeout, Undecodable undecodable) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** Undecodable events are logged, each once. */
    public Broker(KafkaSettings kafka, Topics topics, Duration timeout) {
        this(kafka, topics, timeout, new SetAside(Optional.empty()));
    }

    /** A broker without further settings, with a timeout of 30 s. */
    public static Broker at(String bootstrapServers, String prefix) {
        return new Broker(KafkaSettings.of(bootstrapServers), new Topics(prefix), TIMEOUT);
    }

    /**
     * Reads everything under {@code kafka} and {@code topics.prefix}.
     *
     * @throws retort.settings.SettingException for a value that is not allowed
     */
    public static Broker from(Config whole, Duration timeout) {
        return new Broker(KafkaSettings.from(whole), new Topics(whole.getString("topics.prefix")), timeout);
    }

    /** With a timeout of 30 s. */
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
     * This broker; an undecodable event is logged once and published to {@code rejected}.
     *
     * @param sink stays the caller's, who closes it after every reader
     * @param service begins the source of the published event: service/topic
     */
    public Broker rejectingTo(RecordSink sink, String service) {
        return onUndecodable(new SetAside(Optional.of(new SetAside.Publishing(sink, topics.rejected(), service))));
    }

    /**
     * The latest committed value of every key, read up to the topic's present end; tombstones remove. Blocks, also until every
     * transaction that is open now is decided. Empty for a topic that does not exist.
     *
     * @throws BrokerException when no broker answers in time, or does not let the topic be read to its end
     */
    public <T extends SpecificRecord> Map<String, T> table(Topic<T> topic) {
        return EventReader.table(this, topic);
    }

    /** Committed events, as {@link #follow(Topic, From, IsolationLevel, String)}. */
    public <T extends SpecificRecord> Flux<Event<T>> follow(Topic<T> topic, From from, String name) {
        return follow(topic, from, IsolationLevel.READ_COMMITTED, name);
    }

    /**
     * Events of every partition from {@code from} on, endless, in the order of each partition. Undecodable events are skipped. Waits for
     * a topic that does not exist yet and then reads it from its beginning. Threads, demand and cancel as in {@link #batches}.
     *
     * @param name names the thread, {@code retort-source-NAME}, and, behind the prefix, the client id
     */
    public <T extends SpecificRecord> Flux<Event<T>> follow(Topic<T> topic, From from, IsolationLevel isolation, String name) {
        return EventReader.read(this, topic, from, isolation, name);
    }

    /** The descriptions of streams. */
    public StreamRegistry streams() {
        return new StreamRegistry(this);
    }

    /**
     * Batches of a stream in sequence order, from {@code from} on. A repeated sequence is dropped. Demand is counted in records; records
     * fetched ahead of it take at most {@code budgetBytes}, divided by partition, and the partition that owes the next sequence is
     * never paused. Uses {@code assign} and {@code seek}, no group. Cold: each subscriber gets a consumer and a thread
     * ({@code retort-source-NAME}) of its own and is called on that thread; cancelling closes the consumer.
     * <p>
     * Completes after {@code lastSequence} where that is given. Fails with {@link StreamGapException} for a gap or an undecodable
     * record, and with {@link PositionOutOfRangeException} where retention has deleted {@code from}.
     *
     * @param name names the thread and, behind the prefix, the client id
     */
    public Flux<BatchRecord> batches(Stream stream, StreamPosition from, OptionalLong lastSequence, long budgetBytes,
            String name) {
        return StreamReader.source(this, stream, from, lastSequence, budgetBytes, name);
    }

    /** The first sequence from which on nothing is missing in the log. Blocks. Empty when there is no record. */
    public OptionalLong earliestSequence(Stream stream) {
        return StreamReader.earliestSequence(this, stream);
    }

    /** One past the last committed sequence. Blocks. 0 for an empty stream. */
    public long latestSequence(Stream stream) {
        return StreamReader.latestSequence(this, stream);
    }

    /**
     * Committed records of a topic that anyone may write, undecoded, in the order of each partition, endless. Waits for a topic that does
     * not exist yet. Fails with {@link PositionOutOfRangeException} where retention has deleted one of {@code offsets}. Threads,
     * demand and cancel as in {@link #batches}.
     *
     * @param offsets the next offset of each partition; a partition that is absent is read from its beginning
     * @param name names the thread and, behind the prefix, the client id
     */
    public Flux<ConsumerRecord<byte[], byte[]>> raw(String topic, Map<Integer, Long> offsets, String name) {
        return RawReader.read(this, topic, offsets, name);
    }

    /** The group under whose name a transactional producer commits offsets, although no consumer joins it. Connects to nothing. */
    public ConsumerGroupMetadata group(String group) {
        return RawReader.group(kafka, group);
    }

    /**
     * A sink for events: idempotent, {@code acks=all}, compressed. The caller closes it.
     *
     * @param name names the thread, {@code retort-sink-NAME}, and, behind the prefix, the client id
     * @param inFlightBytes most bytes that the producer holds; sends of twice as many may be unfinished
     */
    public RecordSink sink(String name, long inFlightBytes) {
        return RecordSink.idempotent(this, name, inFlightBytes);
    }

    /**
     * A transactional sink for events. Blocks: when it returns, every transaction of an older owner of the name is decided, and that
     * owner is fenced. The caller closes it.
     *
     * @param name as in {@link #sink}; behind the prefix also the transactional id
     * @throws BrokerUnreachableException when no broker answers in time
     */
    public RecordSink transactionalSink(String name, long inFlightBytes) {
        return RecordSink.transactional(this, name, inFlightBytes, ProducerSettings.events(inFlightBytes));
    }

    /**
     * A transactional sink for pixel batches: as {@link #transactionalSink(String, long)}, but not compressed, and with producer buffers
     * of one record.
     *
     * @param maxRecordBytes the largest value of a record; a few much smaller ones beside it do no harm
     */
    public RecordSink transactionalSink(String name, long inFlightBytes, int maxRecordBytes) {
        return RecordSink.transactional(this, name, inFlightBytes, ProducerSettings.batches(maxRecordBytes, inFlightBytes));
    }

    /**
     * Creates the event topics that are missing. A setting of an existing one that breaks the contract is corrected where this process has
     * the right. Blocks.
     *
     * @throws TopicSettingException where an existing topic breaks the contract and cannot be corrected
     * @throws AccessDeniedException where a topic is missing and may not be created
     * @throws BrokerUnreachableException when no broker answers in time
     */
    public void ensureEventTopics() {
        TopicAdmin.ensureEventTopics(this);
    }

    /**
     * Creates {@code images.<stream>} where it is missing. Where it is there, limits that are lower than asked for are raised, and a setting
     * that breaks the contract is corrected where this process has the right. Blocks until every partition has a leader that answers.
     *
     * @param retentionBytes of the whole stream, divided by partition (never by time); -1 keeps for ever
     * @param maxRecordBytes the largest record; max.message.bytes and segment.bytes are derived from it
     * @throws TopicSettingException when the topic is there with other partitions, or breaks the contract and cannot be corrected
     * @throws AccessDeniedException where the topic is missing and may not be created
     * @throws BrokerUnreachableException when no broker answers in time
     */
    public void ensureImages(String stream, int partitions, long retentionBytes, int maxRecordBytes) {
        TopicAdmin.ensureImages(this, stream, partitions, retentionBytes, maxRecordBytes);
    }

    /** Bytes that the broker keeps of the whole stream, over its partitions; -1 for no limit. Blocks. */
    public long retentionBytes(Stream stream) {
        return TopicAdmin.retentionBytes(this, stream);
    }

    /**
     * Asks the cluster by an admin client that is closed afterwards. Blocks.
     *
     * @throws BrokerUnreachableException when no broker answers in time
     */
    public <R> R ask(Function<Admin, R> question) {
        return TopicAdmin.ask(this, question);
    }

    /** The answer to a question within {@link #ask}; its failure is thrown as it is. Blocks. */
    public static <R> R await(KafkaFuture<R> answer) {
        return TopicAdmin.await(answer);
    }

    /** {@code name} behind the prefix, because client ids and transactional ids belong to the whole cluster. */
    String global(String name) {
        return topics.prefix() + name;
    }
}
