package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import retort.broker.SharedBroker;
import retort.codec.ImageBatchView;
import retort.kafka.BatchRecord;
import retort.kafka.Broker;
import retort.kafka.KafkaSettings;
import retort.kafka.RecordSink;
import retort.kafka.StreamPosition;
import retort.kafka.StreamRecords;
import retort.kafka.Topics;
import retort.record.RunState;
import retort.record.Stream;
import retort.record.TrainingProgress;
import retort.settings.Settings;

/** The streams of one test, as trainers and evaluators read them. */
record Streams(Broker broker) {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    static Streams fresh() {
        return new Streams(Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix())
                .onUndecodable((topic, key, where, reason) -> {
                    throw new AssertionError(where + ": " + reason);
                }));
    }

    KafkaSettings kafka() {
        return broker.kafka();
    }

    Topics topics() {
        return broker.topics();
    }

    /** The {@code KEY=VALUE} pairs over the address of this broker over the defaults. */
    public static Config settings(List<String> pairs) {
        final Map<String, Object> given = new HashMap<>(Map.of("kafka.bootstrap.servers", SharedBroker.bootstrapServers()));
        for (final String pair : pairs) {
            final String key = pair.substring(0, pair.indexOf('='));
            given.put(key, ConfigFactory.parseString("v=" + quoted(pair.substring(key.length() + 1))).getAnyRef("v"));
        }
        return Settings.over(ConfigFactory.parseMap(given));
    }

    private static String quoted(String value) {
        return value.startsWith("[") || value.startsWith("\"") ? value : "\"" + value + "\"";
    }

    Stream description(String name) {
        return broker.streams().find(name).orElseThrow();
    }

    /** Reads the records from sequence 0 to {@code last} in order. Fails if a sequence is missing. */
    List<BatchRecord> read(String name, long last) {
        return broker.batches(description(name), StreamPosition.START, OptionalLong.of(last), 8 << 20, "test")
                .collectList().block(TIMEOUT);
    }

    /** Reads as {@link #read} does, but keeps only the result of {@code of} for each record, because the records are large. */
    <T> List<T> readLarge(String name, long last, Function<ImageBatchView, T> of) {
        return broker
                .batches(description(name), StreamPosition.START, OptionalLong.of(last), 40 << 20, "test")
                .map(record -> of.apply(record.batch())).collectList().block(TIMEOUT);
    }

    List<Long> ids(String name, long last) {
        return read(name, last).stream().flatMapToLong(record -> Arrays.stream(record.batch().sampleIds())).boxed().toList();
    }

    /** One past the last committed sequence. */
    long latest(String name) {
        return broker.latestSequence(description(name));
    }

    /**
     * Reads every committed record, partition after partition, in the order of the log, repeated records included. Fails if a partition
     * does not hold each of its sequences up to {@code last} once and in order.
     *
     * @return values by sequence
     */
    List<byte[]> committed(String name, long last) {
        final int partitions = description(name).getPartitions();
        final byte[][] values = new byte[Math.toIntExact(last + 1)][];
        for (int partition = 0; partition < partitions; partition++) {
            final int p = partition;
            final List<ConsumerRecord<byte[], byte[]>> records = log(new TopicPartition(topics().images(name), p));
            assertThat(records.stream().map(Streams::sequence))
                    .isEqualTo(LongStream.rangeClosed(0, last).filter(s -> s % partitions == p).boxed().toList());
            records.forEach(record -> values[Math.toIntExact(sequence(record))] = record.value());
        }
        return List.of(values);
    }

    /** Publishes the progress that a run would publish. */
    void progress(String run, RunState state, long next, long saved, Duration lease) {
        progress(run, state, next, saved, lease, Duration.ZERO);
    }

    /** @param ahead how far the clock of the run's host is ahead of this one; negative for behind */
    void progress(String run, RunState state, long next, long saved, Duration lease, Duration ahead) {
        broker.ensureEventTopics();
        final Instant at = Instant.now().plus(ahead);
        try (RecordSink sink = broker.sink("run", 1 << 20)) {
            final ProducerRecord<byte[], byte[]> record = topics().progress()
                    .record(TrainingProgress.newBuilder().setRun(run).setStream("train").setState(state)
                            .setStep(1).setSteps(10).setBatch(64).setNextSequence(next).setSavedSequence(saved).setEpoch(0)
                            .setLosses(Map.of()).setLearningRate(0).setImagesPerSecond(0).setWaitingShare(0).setGradientNorm(null)
                            .setLeaseMillis(lease.toMillis()).setAt(at).build());
            sink.sendAll(List.of(new ProducerRecord<>(record.topic(), null, at.toEpochMilli(), record.key(), record.value())))
                    .block(TIMEOUT);
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> log(TopicPartition partition) {
        final Map<String, Object> properties = kafka().with(Map.of("isolation.level", "read_committed"));
        final List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            final long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end)
                all.addAll(consumer.poll(Duration.ofMillis(100)).records(partition));
        }
        return all;
    }

    private static long sequence(ConsumerRecord<byte[], byte[]> record) {
        return ByteBuffer.wrap(record.headers().lastHeader(StreamRecords.SEQUENCE_HEADER).value()).getLong();
    }

    static List<Integer> counts(List<BatchRecord> records) {
        return records.stream().map(record -> record.batch().count()).toList();
    }

    static byte[] pixels(BatchRecord record, int image) {
        final byte[] pixels = new byte[record.batch().imageBytes()];
        record.batch().pixels().duplicate().position(image * pixels.length).get(pixels);
        return pixels;
    }
}
