package retort.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import retort.thread.Worker;

/**
 * Looks every two seconds at the topics that this process uses, because a client whose topic is deleted waits in silence. All readers and
 * sinks of a process share one watch of a cluster, with one admin client and one thread ({@code retort-topics}). A look is one request
 * and blocks nobody. The first use starts the watch, and it ends a second after the last one. Any thread may call it.
 */
final class TopicWatch {
    private static final Duration TICK = Duration.ofMillis(250);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int TIMEOUT_MILLIS = 10_000;

    /** The watches of this process. Also the lock for the uses and the client of each watch. */
    private static final Map<Cluster, TopicWatch> WATCHES = new HashMap<>();

    private final Cluster cluster;
    private final Worker worker = Worker.named("retort-topics");
    private final Set<UsedTopics> uses = new HashSet<>();
    private @Nullable Admin admin;
    private long lastUse = System.nanoTime();

    // Only the worker uses the following fields:
    private Map<String, KafkaFuture<TopicDescription>> asked = Map.of();
    private long lastLook = System.nanoTime();

    private record Cluster(KafkaSettings kafka, String prefix) {
    }

    /** The result of one look at one topic. */
    sealed interface Look {
        record Found(LiveTopic topic) implements Look {
        }

        record Unknown() implements Look {
        }

        /** The cluster is away, or does not tell this process. The reader or the sink itself fails then, or waits. */
        record NoAnswer() implements Look {
        }
    }

    private TopicWatch(Cluster cluster) {
        this.cluster = cluster;
    }

    /** @param noticed called on the watch's thread when a topic has changed or has grown; must not block for long */
    static UsedTopics use(Broker broker, Consumer<UsedTopics> noticed) {
        synchronized (WATCHES) {
            final TopicWatch watch = WATCHES.computeIfAbsent(new Cluster(broker.kafka(), broker.topics().prefix()),
                    TopicWatch::started);
            final UsedTopics used = new UsedTopics(watch, broker.kafka().bootstrapServers(), noticed);
            watch.uses.add(used);
            return used;
        }
    }

    private static TopicWatch started(Cluster cluster) {
        final TopicWatch watch = new TopicWatch(cluster);
        watch.worker.repeat(watch::tick, TICK);
        return watch;
    }

    void leave(UsedTopics used) {
        synchronized (WATCHES) {
            uses.remove(used);
            lastUse = System.nanoTime();
        }
    }

    private void tick() {
        final List<UsedTopics> present;
        synchronized (WATCHES) {
            present = List.copyOf(uses);
            if (present.isEmpty() && System.nanoTime() - lastUse > LINGER_NANOS) {
                end();
                return;
            }
        }
        if (!asked.values().stream().allMatch(KafkaFuture::isDone))
            return;
        asked.forEach((topic, answer) -> {
            final Look look = result(answer);
            present.forEach(used -> used.looked(topic, look));
        });
        asked = Map.of();
        if (System.nanoTime() - lastLook >= LOOK_NANOS || present.stream().anyMatch(UsedTopics::isInDoubt)) {
            lastLook = System.nanoTime();
            ask(present);
        }
    }

    private void ask(List<UsedTopics> present) {
        final Set<String> names = new HashSet<>();
        present.forEach(used -> names.addAll(used.names()));
        if (names.isEmpty())
            return;
        try {
            asked = describe(names);
        } catch (KafkaException e) { // no client can be made; the reader or the sink has failed for the same reason
            asked = Map.of();
        }
    }

    private void end() {
        WATCHES.remove(cluster, this);
        if (admin != null)
            admin.close(Duration.ZERO);
        worker.close();
    }

    /** Asks once. The futures fail with {@link UnknownTopicOrPartitionException} for topics that do not exist. */
    Map<String, KafkaFuture<TopicDescription>> describe(Set<String> topics) {
        return client().describeTopics(topics).topicNameValues();
    }

    private Admin client() {
        synchronized (WATCHES) {
            Admin present = admin;
            if (present == null) {
                present = Admin.create(cluster.kafka.admin(Map.of(
                        AdminClientConfig.CLIENT_ID_CONFIG, TopicAdmin.clientId(cluster.prefix),
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS,
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS)));
                admin = present;
            }
            return present;
        }
    }

    /** Looks once and waits for the answers, for at most {@code longest}. */
    Map<String, Look> look(Set<String> topics, Duration longest) {
        final Map<String, Look> looks = new LinkedHashMap<>();
        final long end = System.nanoTime() + longest.toNanos();
        describe(topics).forEach((topic, answer) -> {
            try {
                answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException | TimeoutException e) {
                // result() tells
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
            looks.put(topic, result(answer));
        });
        return looks;
    }

    private static Look result(KafkaFuture<TopicDescription> answer) {
        if (!answer.isDone())
            return new Look.NoAnswer();
        try {
            return new Look.Found(LiveTopic.of(TopicAdmin.await(answer)));
        } catch (UnknownTopicOrPartitionException e) {
            return new Look.Unknown();
        } catch (RuntimeException e) {
            return new Look.NoAnswer();
        }
    }
}
