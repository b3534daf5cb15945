package retort.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.resource.ResourceType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares an existing topic with the contract. It corrects settings if this process has the right, and refuses a topic that cannot be
 * corrected. Blocks. Confined to the starting thread.
 */
final class TopicCheck {
    private static final Logger LOG = LoggerFactory.getLogger(TopicCheck.class);

    private final Admin admin;
    private final KafkaSettings kafka;

    TopicCheck(Admin admin, KafkaSettings kafka) {
        this.admin = admin;
        this.kafka = kafka;
    }

    /**
     * @throws TopicSettingException if the topic breaks the contract and cannot be corrected
     * @throws org.apache.kafka.common.KafkaException if the cluster does not answer
     */
    void require(WantedTopic wanted, TopicDescription found) {
        if (found.partitions().size() < wanted.partitions())
            throw new TopicSettingException(tooFew(wanted, found.partitions().size()));
        if (found.partitions().size() > wanted.partitions())
            LOG.warn("topic {} has {} partitions where {} are used: the others stay empty, because the place of a record follows"
                    + " from its sequence or its key", wanted.name(), found.partitions().size(), wanted.partitions());
        final Config present;
        try {
            present = present(wanted);
        } catch (AuthorizationException e) {
            warnUnchecked(wanted);
            return;
        }
        requireReplicas(wanted, found, present);
        final List<TopicSetting> broken = wanted.settings().stream()
                .filter(setting -> present.get(setting.key()) != null && !setting.allows(present.get(setting.key()).value()))
                .toList();
        if (!broken.isEmpty())
            correct(wanted, broken, present);
    }

    /**
     * Checks a topic that this process has just created: its replicas, which the cluster has chosen.
     *
     * @throws TopicSettingException if nothing can be written to it
     */
    void requireWritable(WantedTopic wanted, TopicDescription found) {
        try {
            requireReplicas(wanted, found, present(wanted));
        } catch (AuthorizationException e) {
            LOG.debug("min.insync.replicas of topic {} cannot be looked at", wanted.name(), e);
        }
    }

    private Config present(WantedTopic wanted) {
        final ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, wanted.name());
        return TopicAdmin.known(() -> admin.describeConfigs(List.of(resource)).all()).values().iterator().next();
    }

    private String tooFew(WantedTopic wanted, int found) {
        return "topic " + wanted.name() + " has " + found + " partitions where " + wanted.partitions()
                + " are needed: give it more (kafka-topics.sh --bootstrap-server " + kafka.bootstrapServers()
                + " --alter --topic " + wanted.name() + " --partitions " + wanted.partitions()
                + "), or set ingest.partitions = " + found;
    }

    /** Without the right to read the settings, the start goes on, because a cluster whose topics are correct does not need that right. */
    private void warnUnchecked(WantedTopic wanted) {
        LOG.warn("settings of topic {} cannot be checked, because {} may not look at them; they must be: {}. To grant it: {}",
                wanted.name(), Principal.of(kafka), wanted.settings().stream()
                        .filter(setting -> setting.needs() != TopicSetting.Needs.ANYTHING)
                        .map(setting -> setting.key() + " = " + setting.allowed()).collect(Collectors.joining(", ")),
                Sentences.grant(kafka, Principal.of(kafka), AclOperation.DESCRIBE_CONFIGS, ResourceType.TOPIC, wanted.name()));
    }

    private void requireReplicas(WantedTopic wanted, TopicDescription found, Config present) {
        final ConfigEntry least = present.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        if (least == null)
            return;
        final int needed = Integer.parseInt(least.value());
        for (final TopicPartitionInfo partition : found.partitions()) {
            final int replicas = partition.replicas().size();
            if (needed > replicas)
                throw new TopicSettingException("topic " + wanted.name() + " has min.insync.replicas = " + needed + ", but only "
                        + replicas + " replicas, so nothing can be written to it: " + alter(wanted.name(),
                                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG + "=" + replicas)
                        + ", or give it more replicas");
            if (partition.isr().size() < needed)
                throw new TopicSettingException("partition " + partition.partition() + " of topic " + wanted.name() + " has "
                        + partition.isr().size() + " of " + replicas + " replicas in sync, where min.insync.replicas = " + needed
                        + ", so nothing can be written to it: start the brokers that are missing ("
                        + partition.replicas().stream().filter(node -> !partition.isr().contains(node))
                                .map(node -> node.idString())
                                .collect(Collectors.joining(", "))
                        + ")");
        }
    }

    private void correct(WantedTopic wanted, List<TopicSetting> broken, Config present) {
        final List<AlterConfigOp> changes = new ArrayList<>();
        broken.forEach(setting -> changes
                .add(new AlterConfigOp(new ConfigEntry(setting.key(), setting.value()), AlterConfigOp.OpType.SET)));
        final String differences = broken.stream().map(setting -> setting.key() + " = " + present.get(setting.key()).value()
                + " where " + setting.allowed() + " is needed").collect(Collectors.joining(", "));
        try {
            TopicAdmin.await(admin
                    .incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, wanted.name()), changes))
                    .all());
        } catch (KafkaException e) {
            throw new TopicSettingException("topic " + wanted.name() + " has " + differences + ", and " + Principal.of(kafka)
                    + " could not correct it (" + e.getMessage() + "): " + alter(wanted.name(), broken.stream()
                            .map(setting -> setting.key() + "=" + setting.value()).collect(Collectors.joining(","))),
                    e);
        }
        LOG.warn("topic {} had {}: corrected", wanted.name(), differences);
    }

    private String alter(String topic, String settings) {
        return "kafka-configs.sh --bootstrap-server " + kafka.bootstrapServers() + " --alter --entity-type topics --entity-name "
                + topic + " --add-config " + settings;
    }
}
