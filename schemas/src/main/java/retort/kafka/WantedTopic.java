package retort.kafka;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A topic as the contract needs it.
 *
 * @param partitions how many are created, and how many there must be
 */
record WantedTopic(String name, int partitions, List<TopicSetting> settings) {
    /** Events are few, and one partition keeps them in one order. */
    static WantedTopic events(Topic<?> topic) {
        return new WantedTopic(topic.name(), 1, TopicSettings.of(topic.kept()));
    }

    /** Replicas are the broker's to decide. */
    NewTopic creation() {
        return new NewTopic(name, Optional.of(partitions), Optional.empty())
                .configs(settings.stream().collect(Collectors.toMap(TopicSetting::key, TopicSetting::value)));
    }
}
