package retort.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.jspecify.annotations.Nullable;

/**
 * The topics that one reader, sink or service uses, as {@link TopicWatch} saw them last. The first change is kept: {@link #requireSame}
 * throws it from then on. More partitions are no change. Any thread may call it. The one who opens it closes it.
 */
final class UsedTopics implements AutoCloseable {
    /** Another broker may not know yet what one broker knew, so a topic is deleted only when two looks do not find it. */
    private static final int DELETED = 2;
    /** A topic that no look has found may have been made a moment ago. */
    private static final int MISSING = 10;
    private static final Duration LOOK = Duration.ofSeconds(3);

    private final TopicWatch watch;
    private final String at;
    private final Consumer<UsedTopics> noticed;
    private final Map<String, Seen> topics = new HashMap<>();
    private volatile @Nullable TopicChangedException change;

    /**
     * The last looks at one topic.
     *
     * @param topic empty before it was found for the first time
     * @param unknown number of looks since then that did not find it
     */
    private record Seen(Optional<LiveTopic> topic, int unknown) {
        boolean isGone() {
            return unknown >= (topic.isPresent() ? DELETED : MISSING);
        }
    }

    UsedTopics(TopicWatch watch, String at, Consumer<UsedTopics> noticed) {
        this.watch = watch;
        this.at = at;
        this.noticed = noticed;
    }

    /** Adds a topic whose id is not known. The first look sets it. Does nothing if the topic was added before. */
    synchronized void add(String topic) {
        topics.putIfAbsent(topic, new Seen(Optional.empty(), 0));
    }

    /** Adds a topic that must keep this id. */
    synchronized void add(LiveTopic topic) {
        topics.put(topic.name(), new Seen(Optional.of(topic), 0));
    }

    synchronized Set<String> names() {
        return change == null ? Set.copyOf(topics.keySet()) : Set.of();
    }

    /** True if the next look should come soon, because no look has found a topic yet, or the last one did not. */
    synchronized boolean isInDoubt() {
        return change == null && topics.values().stream().anyMatch(seen -> seen.unknown > 0 || seen.topic.isEmpty());
    }

    /** Number of partitions of a topic that was added as {@link LiveTopic}. */
    synchronized int partitions(String topic) {
        final Seen seen = topics.get(topic);
        return seen == null ? 0 : seen.topic.map(LiveTopic::partitions).orElse(0);
    }

    Optional<TopicChangedException> change() {
        return Optional.ofNullable(change);
    }

    /** @throws TopicChangedException if a topic was deleted, or deleted and made again */
    void requireSame() {
        final TopicChangedException present = change;
        if (present != null)
            throw present;
    }

    /** Takes a look at a topic into account. */
    void looked(String topic, TopicWatch.Look look) {
        if (take(topic, look))
            noticed.accept(this);
    }

    /** @return true if there is news */
    private synchronized boolean take(String topic, TopicWatch.Look look) {
        final Seen before = topics.get(topic);
        if (before == null || change != null)
            return false;
        return switch (look) {
            case TopicWatch.Look.NoAnswer() -> false;
            case TopicWatch.Look.Unknown() -> isNewsThatItIsUnknown(topic, before);
            case TopicWatch.Look.Found(LiveTopic found) -> isNewsThatItIs(found, before);
        };
    }

    private boolean isNewsThatItIsUnknown(String topic, Seen before) {
        final Seen now = new Seen(before.topic, before.unknown + 1);
        topics.put(topic, now);
        if (now.isGone())
            change = before.topic.isPresent()
                    ? TopicChangedException.deleted(at, topic, before.topic.get().id())
                    : TopicChangedException.missing(at, topic);
        return now.isGone();
    }

    private boolean isNewsThatItIs(LiveTopic found, Seen before) {
        final Optional<String> id = before.topic.flatMap(LiveTopic::id);
        if (LiveTopic.differ(id, found.id())) {
            change = TopicChangedException.remade(at, found.name(), id, found.id());
            return true;
        }
        topics.put(found.name(), new Seen(Optional.of(found), 0));
        return before.topic.isPresent() && before.topic.get().partitions() < found.partitions();
    }

    /**
     * Looks at once, because a failure of a client may be the first sign of a change. Blocks for some seconds at most.
     *
     * @return the change, if there is one, with {@code failure} as its suppressed exception; else {@code failure}
     */
    RuntimeException explained(RuntimeException failure) {
        try {
            for (int i = 0; i < DELETED && change == null; i++)
                watch.look(names(), LOOK).forEach(this::looked);
        } catch (KafkaException e) {
            failure.addSuppressed(e);
        }
        final TopicChangedException present = change;
        if (present == null)
            return failure;
        present.addSuppressed(failure);
        return present;
    }

    /** The topic as the cluster describes it now; empty if it does not exist. The caller waits for the answer. */
    KafkaFuture<TopicDescription> ask(String topic) {
        return Objects.requireNonNull(watch.describe(Set.of(topic)).get(topic));
    }

    @Override
    public void close() {
        watch.leave(this);
    }
}
