package retort.kafka;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A topic as the contract needs it.
 *
 * @param name the topic's name, with the prefix
 * @param partitions number of partitions at creation; an existing topic must have as many, and more stay empty
 * @param settings the settings at creation, and the values that an existing topic may have
 */
record WantedTopic(String name, int partitions, List<TopicSetting> settings) {
    /** A topic of events. It has one partition, because events are few and one partition keeps them in one order. */
    static WantedTopic events(Topic<?> topic) {
        return events(topic.name(), topic.kept());
    }

    /** A topic of this name that is kept as events are. */
    static WantedTopic events(String name, Kept kept) {
        return new WantedTopic(name, 1, TopicSettings.of(kept));
    }

    /** The request to create the topic. The broker decides the number of replicas. */
    NewTopic creation() {
        return new NewTopic(name, Optional.of(partitions), Optional.empty())
                .configs(settings.stream().collect(Collectors.toMap(TopicSetting::key, TopicSetting::value)));
    }
}
