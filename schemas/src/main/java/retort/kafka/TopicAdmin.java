package retort.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import retort.record.Stream;

/**
 * Creates the topics that are missing and checks the others. {@link Broker#ensureEventTopics} and {@link Broker#ensureImages} have the
 * contracts. Blocks. Confined to the starting thread.
 */
final class TopicAdmin {
    private static final Duration ASKING_INTERVAL = Duration.ofMillis(100);
    private static final int MOST_ASKED = 100;
    /** The same for a topic that was published before this process began. */
    private static final int MOST_ASKED_AGAIN = 10;
    /** Answers of a cluster that does not want a topic as it is asked for. Exact classes, because denials are subclasses of one of them. */
    private static final Set<Class<? extends ApiException>> REFUSALS = Set.of(InvalidReplicationFactorException.class,
            InvalidPartitionsException.class, InvalidTopicException.class, InvalidConfigurationException.class,
            PolicyViolationException.class);
    /** Numbers the clients of one process, because Kafka registers its metrics by client id. */
    private static final AtomicLong CLIENTS = new AtomicLong();

    private final Admin admin;
    private final Broker broker;

    private TopicAdmin(Admin admin, Broker broker) {
        this.admin = admin;
        this.broker = broker;
    }

    static void ensureEventTopics(Broker broker) {
        ask(broker, client -> {
            final List<WantedTopic> made = new TopicAdmin(client, broker)
                    .ensure(broker.topics().wanted());
            new BrokerLimits(client, broker).tellOfQuotas();
            return made;
        });
        broker.topics().register();
    }

    static void ensureImages(Broker broker, String stream, int partitions, long retentionBytes, int maxRecordBytes) {
        final WantedTopic wanted = new WantedTopic(broker.topics().images(stream), partitions,
                TopicSettings.images(partitions, retentionBytes, maxRecordBytes));
        ask(broker, client -> {
            final TopicAdmin admin = new TopicAdmin(client, broker);
            admin.ensure(List.of(wanted));
            admin.awaitLeaders(wanted);
            new BrokerLimits(client, broker).requireRoomFor(wanted.name(), maxRecordBytes);
            return wanted;
        });
    }

    static long retentionBytes(Broker broker, Stream stream) {
        final ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, broker.topics().images(stream.getName()));
        final Config config = ask(broker, Attempt.describeSettings(topic.name()), admin -> {
            try {
                return known(() -> admin.describeConfigs(List.of(topic)).all(), MOST_ASKED_AGAIN);
            } catch (UnknownTopicOrPartitionException e) {
                throw TopicChangedException.missing(broker.kafka(), topic.name());
            }
        }).get(topic);
        final ConfigEntry kept = config == null ? null : config.get(TopicConfig.RETENTION_BYTES_CONFIG);
        final long bytes = kept == null ? -1 : Long.parseLong(kept.value());
        return bytes < 0 ? -1 : bytes * stream.getPartitions();
    }

    /** Creates missing topics. The right to create is needed, and used, only if a topic is missing. */
    private List<WantedTopic> ensure(List<WantedTopic> all) {
        final TopicCheck check = new TopicCheck(admin, broker.kafka());
        final List<WantedTopic> missing = new ArrayList<>();
        final Map<WantedTopic, KafkaFuture<TopicDescription>> asked = new LinkedHashMap<>();
        all.forEach(wanted -> asked.put(wanted, description(wanted)));
        asked.forEach((wanted, answer) -> find(wanted, answer).ifPresentOrElse(found -> check.require(wanted, found),
                () -> missing.add(wanted)));
        for (final WantedTopic wanted : missing)
            if (create(wanted))
                check.requireWritable(wanted, known(() -> description(wanted)));
            else // another process was faster
                check.require(wanted, known(() -> description(wanted)));
        return missing;
    }

    private KafkaFuture<TopicDescription> description(WantedTopic wanted) {
        return description(admin, wanted.name());
    }

    private static KafkaFuture<TopicDescription> description(Admin admin, String topic) {
        return admin.describeTopics(List.of(topic)).allTopicNames()
                .thenApply(topics -> topics.values().iterator().next());
    }

    private Optional<TopicDescription> find(WantedTopic wanted, KafkaFuture<TopicDescription> answer) {
        return attempt(Attempt.describe(wanted.name()), () -> {
            try {
                return Optional.of(await(answer));
            } catch (UnknownTopicOrPartitionException e) {
                return Optional.empty();
            } catch (InvalidTopicException e) {
                throw new TopicSettingException(Sentences.notCreated(broker.kafka(), wanted, e), e);
            }
        });
    }

    /**
     * A cluster whose brokers are about to start, or were away for a moment, has too few of them for a new topic. It is asked again until
     * the time of a blocking call is over.
     *
     * @return false if another process has created the topic in the meantime
     */
    private boolean create(WantedTopic wanted) {
        final long began = System.nanoTime();
        return attempt(Attempt.create(wanted.name()), () -> {
            for (;;)
                try {
                    await(admin.createTopics(List.of(wanted.creation())).all());
                    return true;
                } catch (TopicExistsException e) {
                    return false;
                } catch (ApiException e) {
                    final boolean waits = e instanceof InvalidReplicationFactorException
                            && System.nanoTime() - began < broker.timeout().toNanos();
                    if (!waits && REFUSALS.contains(e.getClass()))
                        throw new TopicSettingException(Sentences.notCreated(broker.kafka(), wanted, e), e);
                    if (!waits)
                        throw e;
                    LockSupport.parkNanos(ASKING_INTERVAL.toNanos());
                }
        });
    }

    private <R> R attempt(Attempt attempt, Supplier<R> question) {
        try {
            return question.get();
        } catch (AuthorizationException e) {
            throw Sentences.explainAnswer(broker.kafka(), attempt, e);
        }
    }

    /**
     * Waits until every leader answers. A partition that was just created may refuse a producer's first request and accept its second one.
     * If the first is then sent again, it is out of order for good. A partition whose leader reports its end offset refuses no request.
     */
    private void awaitLeaders(WantedTopic topic) {
        final Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < topic.partitions(); partition++)
            ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
        known(() -> admin.listOffsets(ends).all());
    }

    static <R> R ask(Broker broker, Function<Admin, R> question) {
        return ask(broker, Attempt.look(), question);
    }

    private static <R> R ask(Broker broker, Attempt attempt, Function<Admin, R> question) {
        final int millis = Math.toIntExact(broker.timeout().toMillis());
        try {
            return closing(Admin.create(broker.kafka().admin(Map.of(
                    AdminClientConfig.CLIENT_ID_CONFIG, clientId(broker.topics().prefix()),
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis,
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis))), question);
        } catch (KafkaException e) {
            throw Sentences.explain(broker.kafka(), attempt, broker.timeout(), e);
        }
    }

    static String clientId(String prefix) {
        return prefix + "admin-" + CLIENTS.incrementAndGet();
    }

    /** The topic of this name; empty if there is none. */
    static Optional<LiveTopic> find(Broker broker, String topic) {
        return ask(broker, Attempt.describe(topic), admin -> {
            try {
                return Optional.of(LiveTopic.of(await(description(admin, topic))));
            } catch (UnknownTopicOrPartitionException e) {
                return Optional.empty();
            }
        });
    }

    /** Asks and closes the client. Kafka's own close waits for unanswered requests, which can be for ever, so this one has a limit. */
    static <R> R closing(Admin admin, Function<Admin, R> question) {
        try {
            return question.apply(admin);
        } finally {
            admin.close(ConsumerSettings.CLOSING);
        }
    }

    /** Waits for the answer of an admin client. A failure of the answer is thrown unchanged. Blocks. */
    static <R> R await(KafkaFuture<R> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
    }

    /** Asks about an existing topic, and asks again while the broker does not know it yet, because it may have been created just now. */
    static <R> R known(Supplier<KafkaFuture<R>> question) {
        return known(question, MOST_ASKED);
    }

    private static <R> R known(Supplier<KafkaFuture<R>> question, int most) {
        for (int asked = 1;; asked++) {
            try {
                return await(question.get());
            } catch (UnknownTopicOrPartitionException e) {
                if (asked == most)
                    throw e;
                LockSupport.parkNanos(ASKING_INTERVAL.toNanos());
            }
        }
    }
}
