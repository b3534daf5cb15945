package retort.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import retort.record.Stream;
import retort.settings.SettingException;

/** Creates topics with the settings of the contract, by {@link Broker#ensureEventTopics} and {@link Broker#ensureImages}. Blocks. */
final class TopicAdmin {
    /** Limits of an image topic that an existing one is raised to, never lowered. */
    private static final List<String> RAISED = List.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, TopicConfig.RETENTION_BYTES_CONFIG);

    private static final Duration ASKING_INTERVAL = Duration.ofMillis(100);
    private static final int MOST_ASKED = 100;

    private final Admin admin;

    private TopicAdmin(Admin admin) {
        this.admin = admin;
    }

    static void ensureEventTopics(Broker broker) {
        ask(broker, client -> new TopicAdmin(client).create(TopicSettings.events(broker.topics())));
    }

    static void ensureImages(Broker broker, String stream, int partitions, long retentionBytes, int maxRecordBytes) {
        final NewTopic wanted = topic(broker.topics().images(stream), partitions,
                TopicSettings.images(partitions, retentionBytes, maxRecordBytes));
        ask(broker, client -> {
            final TopicAdmin admin = new TopicAdmin(client);
            final boolean created = !admin.create(List.of(wanted)).isEmpty();
            admin.requirePartitions(wanted);
            if (!created)
                admin.raiseLimits(wanted);
            admin.awaitLeaders(wanted);
            return wanted;
        });
    }

    static long retentionBytes(Broker broker, Stream stream) {
        final ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, broker.topics().images(stream.getName()));
        final Config config = ask(broker, admin -> known(() -> admin.describeConfigs(List.of(topic)).all())).get(topic);
        final ConfigEntry kept = config == null ? null : config.get(TopicConfig.RETENTION_BYTES_CONFIG);
        final long bytes = kept == null ? -1 : Long.parseLong(kept.value());
        return bytes < 0 ? -1 : bytes * stream.getPartitions();
    }

    static NewTopic topic(String name, int partitions, Map<String, String> settings) {
        return new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(settings);
    }

    /** @return names of the topics that were missing */
    private List<String> create(Collection<NewTopic> wanted) {
        final List<String> created = new ArrayList<>();
        admin.createTopics(wanted).values().forEach((name, answer) -> {
            try {
                await(answer);
                created.add(name);
            } catch (TopicExistsException e) {
                // as it should be after the first start
            }
        });
        return created;
    }

    private void requirePartitions(NewTopic wanted) {
        final int found = known(() -> admin.describeTopics(List.of(wanted.name())).allTopicNames()).values().iterator().next()
                .partitions().size();
        if (found != wanted.numPartitions())
            throw new SettingException("topic " + wanted.name() + " has " + found + " partitions where " + wanted.numPartitions()
                    + " are set: set " + found + ", or give the stream another name");
    }

    /**
     * A partition that was created a moment ago may refuse a producer's first request and take its second, and the first, sent again,
     * is then out of order for ever. One whose leader tells its end refuses none.
     */
    private void awaitLeaders(NewTopic topic) {
        final Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < topic.numPartitions(); partition++)
            ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
        known(() -> admin.listOffsets(ends).all());
    }

    private void raiseLimits(NewTopic wanted) {
        final ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, wanted.name());
        final Config present = known(() -> admin.describeConfigs(List.of(resource)).all()).values().iterator().next();
        final List<AlterConfigOp> raises = new ArrayList<>();
        wanted.configs().forEach((key, value) -> {
            final ConfigEntry found = present.get(key);
            if (RAISED.contains(key) && found != null && limit(found.value()) < limit(value))
                raises.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET));
        });
        if (!raises.isEmpty())
            await(admin.incrementalAlterConfigs(Map.of(resource, raises)).all());
    }

    /** -1 is without limit. */
    private static long limit(String value) {
        final long limit = Long.parseLong(value);
        return limit < 0 ? Long.MAX_VALUE : limit;
    }

    static <R> R ask(Broker broker, Function<Admin, R> question) {
        final int millis = Math.toIntExact(broker.timeout().toMillis());
        try (Admin admin = Admin.create(broker.kafka().with(Map.of(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis)))) {
            return question.apply(admin);
        } catch (KafkaException e) {
            throw BrokerUnreachableException.explained(broker.kafka().bootstrapServers(), e);
        }
    }

    /** The answer to a question that was put to an admin client; its failure is thrown as it is. Blocks. */
    static <R> R await(KafkaFuture<R> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    /** What a broker says of a topic that exists. One that another process has made just now may not be known to it yet. */
    private static <R> R known(Supplier<KafkaFuture<R>> question) {
        for (int asked = 1;; asked++) {
            try {
                return await(question.get());
            } catch (UnknownTopicOrPartitionException e) {
                if (asked == MOST_ASKED)
                    throw e;
                LockSupport.parkNanos(ASKING_INTERVAL.toNanos());
            }
        }
    }
}
