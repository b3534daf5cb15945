package retort.kafka;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import retort.thread.Worker;

/**
 * A KafkaConsumer and its owner, the thread that created it. Only the owner calls the consumer. Other threads may only {@link #wake} or
 * {@link #stop} it. Kafka keeps a wake-up until the owner's next blocking call, whichever call that is. This class absorbs the wake-up,
 * and repeats a call that must have an answer.
 */
final class OwnedConsumer implements AutoCloseable {
    private static final Duration FINDING_INTERVAL = Duration.ofMillis(100);

    private final Broker broker;
    private final KafkaConsumer<byte[], ByteBuffer> consumer;
    private final UsedTopics used;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /** @param broker turns failures into error messages for people */
    OwnedConsumer(Broker broker, Map<String, Object> properties) {
        this.broker = broker;
        try {
            this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteBufferDeserializer());
        } catch (KafkaException e) {
            throw Sentences.explainAnswer(broker.kafka(), Attempt.look(), e);
        }
        this.used = TopicWatch.use(broker, changed -> consumer.wakeup());
    }

    /** Ends the owner's present or next blocking call. That call then does its work or is repeated. Any thread may call it. */
    void wake() {
        consumer.wakeup();
    }

    /** Ends the owner's present and every later blocking call: it throws WakeupException, and {@link #poll} returns nothing. Any thread. */
    void stop() {
        stopped.countDown();
        consumer.wakeup();
    }

    boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /**
     * The values are slices of the buffers into which their fetches were received, and are not copied. A fetch's buffer is freed with the
     * last of its records.
     *
     * @return records, or none after {@code timeout} or a wake-up
     */
    ConsumerRecords<byte[], ByteBuffer> poll(Duration timeout) {
        try {
            return consumer.poll(timeout);
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        }
    }

    void assign(Collection<TopicPartition> partitions) {
        consumer.assign(partitions);
    }

    void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
    }

    void seekToBeginning(Collection<TopicPartition> partitions) {
        consumer.seekToBeginning(partitions);
    }

    void seekToEnd(Collection<TopicPartition> partitions) {
        consumer.seekToEnd(partitions);
    }

    void pause(TopicPartition partition) {
        consumer.pause(List.of(partition));
    }

    void resume(TopicPartition partition) {
        consumer.resume(List.of(partition));
    }

    long position(TopicPartition partition) {
        return again(() -> consumer.position(partition));
    }

    /** Offsets from the next fetch to the last committed record, as the last fetch told; 0 before the first one. */
    long lag(TopicPartition partition) {
        return consumer.currentLag(partition).orElse(0);
    }

    long logStart(TopicPartition partition) {
        return again(() -> consumer.beginningOffsets(List.of(partition))).values().iterator().next();
    }

    long logEnd(TopicPartition partition) {
        return again(() -> consumer.endOffsets(List.of(partition))).values().iterator().next();
    }

    /** The partitions of a topic. Empty if it does not exist. @throws BrokerUnreachableException if no broker answers */
    List<PartitionInfo> partitions(String topic) {
        try {
            return again(() -> consumer.partitionsFor(topic));
        } catch (KafkaException e) {
            throw explained(topic, e);
        }
    }

    /** The topics that the owner reads. A change of one of them wakes the owner. */
    UsedTopics used() {
        return used;
    }

    /**
     * The topic of this name as the cluster describes it; empty if there is none. While no broker answers, it asks again and again.
     *
     * @throws WakeupException after {@link #stop}
     */
    Optional<LiveTopic> find(String topic) {
        while (true) {
            try {
                return Optional.of(LiveTopic.of(await(used.ask(topic))));
            } catch (UnknownTopicOrPartitionException e) {
                return Optional.empty();
            } catch (TimeoutException e) { // the broker is away, and readers wait for it
                rest(FINDING_INTERVAL);
            } catch (KafkaException e) {
                throw explained(topic, e);
            }
        }
    }

    private <R> R await(KafkaFuture<R> answer) {
        while (!isStopped())
            try {
                return answer.get(FINDING_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            } catch (java.util.concurrent.TimeoutException e) {
                // not yet
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        throw new WakeupException();
    }

    /** Explains a failure to read {@code topic}. A wake-up is no failure and is returned unchanged. */
    RuntimeException explained(String topic, KafkaException failure) {
        return failure instanceof WakeupException
                ? failure
                : Sentences.explain(broker.kafka(), Attempt.read(topic), ConsumerSettings.PATIENCE, failure);
    }

    /** Waits for {@code time}, but returns early after {@link #stop}. */
    void rest(Duration time) {
        Worker.moved();
        try {
            if (stopped.await(time.toNanos(), TimeUnit.NANOSECONDS))
                throw new WakeupException();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        used.close();
        consumer.close(CloseOptions.timeout(ConsumerSettings.CLOSING));
    }

    private <R> R again(Supplier<R> call) {
        while (true) {
            try {
                return call.get();
            } catch (WakeupException e) {
                if (isStopped())
                    throw e;
            }
        }
    }
}
