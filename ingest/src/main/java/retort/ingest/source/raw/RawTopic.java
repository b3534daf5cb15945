package retort.ingest.source.raw;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.Findings;
import retort.ingest.source.PassedOver;
import retort.ingest.source.UnboundedSource;
import retort.kafka.Broker;

/**
 * Records of all partitions in the order in which they arrive. The position decides where reading continues. Offsets are committed beside
 * it, under the group {@code TOPIC.ingest}, so that Kafka's own tools show the lag.
 */
final class RawTopic implements UnboundedSource {
    private final Broker broker;
    private final String topic;
    private final List<String> classNames;
    private final ClassLabels classes;
    private final Findings findings;
    /** Used by the committing thread only. */
    private @Nullable ConsumerGroupMetadata group;

    RawTopic(Broker broker, String topic, List<String> classNames) {
        this.broker = broker;
        this.topic = topic;
        this.classNames = classNames;
        this.classes = classNames.isEmpty() ? ClassLabels.unknown() : ClassLabels.listed(classNames);
        this.findings = Findings.unlisted(new PassedOver(), classes.remarks());
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    /** Nothing is passed over: a record that is no image is a rejected sample. */
    @Override
    public Findings findings() {
        return findings;
    }

    @Override
    public Flux<Arrived> read(Optional<String> position) {
        return Flux.defer(() -> {
            final Offsets offsets = position.map(Offsets::parse).orElseGet(Offsets::none);
            return broker.raw(topic, offsets.next(), "raw")
                    .map(record -> new Arrived(RawRecord.sample(record, classes), offsets.after(record).toString()));
        });
    }

    @Override
    public void commit(Producer<byte[], byte[]> producer, String position) {
        final Map<TopicPartition, OffsetAndMetadata> consumed = new HashMap<>();
        Offsets.parse(position).next()
                .forEach((partition, next) -> consumed.put(new TopicPartition(topic, partition), new OffsetAndMetadata(next)));
        producer.sendOffsetsToTransaction(consumed, group());
    }

    private ConsumerGroupMetadata group() {
        if (group == null)
            group = broker.group(topic + ".ingest");
        return group;
    }
}
