package retort.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Looks up committed records in a log. An offset is a place and never a number of records, because transaction markers and aborted
 * records take offsets, too. Blocks. Confined to the thread that calls {@link #in}.
 */
final class LogScan implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    /** A fetch size of one byte. A broker returns at least one whole record batch, so a fetch brings exactly one batch. */
    private static final int ONE_BATCH = 1;
    /** Numbers the clients of one process, because Kafka registers its metrics by client id. */
    private static final AtomicLong CLIENTS = new AtomicLong();

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String clientId;
    private final long deadline;
    private final Duration timeout;
    private final KafkaSettings kafka;

    private LogScan(Broker broker, int fetchBytes) {
        this.timeout = broker.timeout();
        this.kafka = broker.kafka();
        final Map<String, Object> properties = kafka.consumer(ConsumerSettings.reading(new FetchBudget(fetchBytes)));
        this.clientId = broker.global("scan-" + CLIENTS.incrementAndGet());
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(timeout.toMillis()));
        // A fetch at the end of the log waits at the broker, and the next request waits behind it. Therefore the wait is short.
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 20);
        this.consumer = consumer(kafka, properties);
        this.deadline = System.nanoTime() + timeout.toNanos();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaSettings kafka, Map<String, Object> properties) {
        try {
            return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw Sentences.explainAnswer(kafka, Attempt.look(), e);
        }
    }

    /**
     * Runs {@code work} with a scan and closes the scan. The broker's timeout limits the whole work.
     *
     * @param topic the topic that the work reads, for the error message
     * @param fetchBytes size of a fetch in bytes; {@link #ONE_BATCH} fetches one batch at a time
     * @throws BrokerException if a broker does not answer in time, or refuses a request
     */
    static <R> R in(Broker broker, String topic, int fetchBytes, Function<LogScan, R> work) {
        try (LogScan scan = new LogScan(broker, fetchBytes)) {
            return work.apply(scan);
        } catch (KafkaException e) {
            throw Sentences.explain(broker.kafka(), Attempt.read(topic), broker.timeout(), e);
        }
    }

    static <R> R in(Broker broker, String topic, Function<LogScan, R> work) {
        return in(broker, topic, ONE_BATCH, work);
    }

    /** The partitions of a topic. Empty if the topic does not exist. */
    List<TopicPartition> partitions(String topic) {
        return consumer.partitionsFor(topic).stream().map(p -> new TopicPartition(topic, p.partition())).toList();
    }

    /** The first offset of the log. */
    long start(TopicPartition partition) {
        return consumer.beginningOffsets(List.of(partition)).values().iterator().next();
    }

    /** One past the last committed offset. */
    long end(TopicPartition partition) {
        return consumer.endOffsets(List.of(partition)).values().iterator().next();
    }

    /**
     * One past the last written offset, committed or not. A reader that reads up to it waits until the presently open transactions are
     * decided. Otherwise it would miss records that are committed behind the first record of another, open transaction.
     */
    long writtenEnd(TopicPartition partition) {
        return TopicAdmin.closing(Admin.create(kafka.admin(Map.of(AdminClientConfig.CLIENT_ID_CONFIG, clientId))),
                admin -> writtenEnd(admin, partition));
    }

    private long writtenEnd(Admin admin, TopicPartition partition) {
        try {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition).get(timeout.toMillis(),
                    TimeUnit.MILLISECONDS).offset();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("the broker at " + kafka.bootstrapServers() + " gave no end of " + partition, e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    Optional<ConsumerRecord<byte[], byte[]>> first(TopicPartition partition) {
        final long end = end(partition);
        seek(partition, start(partition));
        while (consumer.position(partition) < end) {
            final List<ConsumerRecord<byte[], byte[]>> found = poll(partition);
            if (!found.isEmpty())
                return Optional.of(found.getFirst());
        }
        return Optional.empty();
    }

    /** The last record. It looks back from the end of the log, further each time, until it finds a record. */
    Optional<ConsumerRecord<byte[], byte[]>> last(TopicPartition partition) {
        final long start = start(partition);
        final long end = end(partition);
        long back = 2;
        while (true) {
            final long from = Math.max(start, end - back);
            final Last last = new Last();
            forEach(partition, from, end, last);
            if (last.found.isPresent() || from == start)
                return last.found;
            back *= 4;
        }
    }

    /** Calls {@code visitor} with every record from offset {@code from} to before offset {@code end}, in order. */
    void forEach(TopicPartition partition, long from, long end, Consumer<ConsumerRecord<byte[], byte[]>> visitor) {
        seek(partition, from);
        while (consumer.position(partition) < end)
            poll(partition).stream().filter(record -> record.offset() < end).forEach(visitor);
    }

    private void seek(TopicPartition partition, long offset) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, offset);
    }

    private List<ConsumerRecord<byte[], byte[]>> poll(TopicPartition partition) {
        if (System.nanoTime() - deadline > 0)
            throw new TimeoutException("the broker at " + kafka.bootstrapServers() + " gave no end of " + partition + " within "
                    + timeout.toSeconds() + " s");
        return consumer.poll(POLL).records(partition);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(ConsumerSettings.CLOSING));
    }

    private static final class Last implements Consumer<ConsumerRecord<byte[], byte[]>> {
        private Optional<ConsumerRecord<byte[], byte[]>> found = Optional.empty();

        @Override
        public void accept(ConsumerRecord<byte[], byte[]> record) {
            found = Optional.of(record);
        }
    }
}
