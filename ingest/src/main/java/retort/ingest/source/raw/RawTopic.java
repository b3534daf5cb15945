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
import retort.codec.EventCodec;
import retort.ingest.source.ClassLabels;
import retort.ingest.source.Findings;
import retort.ingest.source.PassedOver;
import retort.ingest.source.UnboundedSource;
import retort.kafka.Broker;
import retort.kafka.PositionOutOfRangeException;
import retort.kafka.TopicChangedException;
import retort.record.RawImage;

/**
 * Records of all partitions in the order in which they arrive: each partition in its own order, and partitions among each other as they
 * are fetched. A partition that is added later is read from its beginning. The position decides where reading continues. Offsets are committed beside
 * it, under the group {@code TOPIC.ingest}, so that Kafka's own tools show the lag.
 */
final class RawTopic implements UnboundedSource {
    /**
     * The stream cannot go on in another topic, because the offsets there begin at 0 again, and so would the ids of the images, which are
     * made of partition and offset.
     */
    private static final String ANOTHER_STREAM = "The images that are left in a raw topic can be published under another name"
            + " (ingest.stream): that stream reads the topic from its beginning, and its images get ids of their own";

    private final Broker broker;
    private final String topic;
    private final List<String> classNames;
    private final ClassLabels classes;
    private final Findings findings;
    private final EventCodec<RawImage> codec;
    /** True while the reader waits for the topic to be made. */
    private volatile boolean missing;
    /** Used by the committing thread only. */
    private @Nullable ConsumerGroupMetadata group;

    RawTopic(Broker broker, String topic, List<String> classNames) {
        this.broker = broker;
        this.topic = topic;
        this.classNames = classNames;
        this.classes = classNames.isEmpty() ? ClassLabels.unknown() : ClassLabels.listed(classNames);
        this.codec = broker.topics().rawImages(topic);
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
            return broker.raw(topic, offsets.position(), "raw", found -> {
                missing = found.isEmpty();
                found.ifPresent(offsets::in);
            })
                    .map(record -> new Arrived(RawRecord.sample(record, classes, codec), offsets.after(record).toString()))
                    .onErrorMap(TopicChangedException.class, e -> e.withWayOn(ANOTHER_STREAM))
                    .onErrorMap(PositionOutOfRangeException.class,
                            e -> new PositionOutOfRangeException(e.getMessage() + ". " + ANOTHER_STREAM));
        });
    }

    @Override
    public Optional<String> missing() {
        return missing
                ? Optional.of("topic " + topic + ", which does not exist at " + broker.kafka().bootstrapServers()
                        + " (check its name in ingest.source, or make it and publish to it)")
                : Optional.empty();
    }

    @Override
    public void commit(Producer<byte[], byte[]> producer, String position) {
        final Map<TopicPartition, OffsetAndMetadata> consumed = new HashMap<>();
        Offsets.parse(position).position().offsets()
                .forEach((partition, next) -> consumed.put(new TopicPartition(topic, partition), new OffsetAndMetadata(next)));
        producer.sendOffsetsToTransaction(consumed, group());
    }

    private ConsumerGroupMetadata group() {
        if (group == null)
            group = broker.group(topic + ".ingest");
        return group;
    }
}
