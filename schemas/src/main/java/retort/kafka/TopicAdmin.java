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
import retort.settings.SettingException;

/** Creates topics with the settings of the contract. Blocking; called at a service's start, on the starting thread. */
public final class TopicAdmin {
    /** Limits of an image topic that an existing one is raised to, never lowered. */
    private static final List<String> RAISED = List.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, TopicConfig.RETENTION_BYTES_CONFIG);

    private static final Duration ASKING_INTERVAL = Duration.ofMillis(100);
    private static final int MOST_ASKED = 100;

    private final Admin admin;

    private TopicAdmin(Admin admin) {
        this.admin = admin;
    }

    /**
     * Creates the event topics that are missing (streams, positions, progress, checkpoints, evaluations, promotions, rejected).
     *
     * @throws BrokerUnreachableException when no broker answers within {@code timeout}: names the address
     */
    public static void ensureEventTopics(KafkaSettings kafka, Topics topics, Duration timeout) {
        with(kafka, timeout, admin -> admin.create(TopicSettings.events(topics)));
    }

    /**
     * Creates {@code images.<stream>} where it is missing; where it is there, checks its partitions and raises limits that are lower
     * than asked for. Returns when every partition has a leader that answers.
     *
     * @param retentionBytes of the whole stream, divided by partition (never by time); -1 keeps for ever
     * @param maxRecordBytes the largest record; max.message.bytes and segment.bytes are derived from it
     * @throws SettingException when the topic is there with other partitions, or its name cannot be one
     * @throws BrokerUnreachableException when no broker answers within {@code timeout}: names the address
     */
    public static void ensureImages(KafkaSettings kafka, Topics topics, String stream, int partitions, long retentionBytes,
            int maxRecordBytes, Duration timeout) {
        final NewTopic wanted = topic(topics.images(stream), partitions,
                TopicSettings.images(partitions, retentionBytes, maxRecordBytes));
        with(kafka, timeout, admin -> {
            final boolean created = !admin.create(List.of(wanted)).isEmpty();
            admin.requirePartitions(wanted);
            if (!created)
                admin.raiseLimits(wanted);
            admin.awaitLeaders(wanted);
        });
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

    private static void with(KafkaSettings kafka, Duration timeout, java.util.function.Consumer<TopicAdmin> work) {
        final Map<String, Object> properties = new HashMap<>(kafka.with(Map.of(
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(timeout.toMillis()),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(timeout.toMillis()))));
        try (Admin admin = Admin.create(properties)) {
            work.accept(new TopicAdmin(admin));
        } catch (KafkaException e) {
            throw BrokerUnreachableException.explained(kafka.bootstrapServers(), e);
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

    private static <R> R await(KafkaFuture<R> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }
}
