package retort.kafka;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares limits of the brokers, which are not settings of a topic, with what this process needs. Both questions need the right
 * DescribeConfigs on the cluster. Without it the start goes on, because a cluster whose limits are high enough does not need that right.
 * Blocks. Confined to the starting thread.
 */
final class BrokerLimits {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerLimits.class);

    private static final String REQUEST_BYTES = "socket.request.max.bytes";
    private static final String REPLICA_BYTES = "replica.fetch.max.bytes";
    /** Kafka's default of {@code replica.fetch.max.bytes}. No default of a broker is below it, so a smaller record needs no check. */
    private static final int SMALL_RECORD_BYTES = 1 << 20;

    private final Admin admin;
    private final Broker broker;

    BrokerLimits(Admin admin, Broker broker) {
        this.admin = admin;
        this.broker = broker;
    }

    /**
     * @param maxRecordBytes the largest record of the topic
     * @throws TopicSettingException if a broker cuts the connection at such a record
     */
    void requireRoomFor(String topic, int maxRecordBytes) {
        if (maxRecordBytes <= SMALL_RECORD_BYTES)
            return;
        final long request = (long) maxRecordBytes + TopicSettings.RECORD_OVERHEAD_BYTES;
        try {
            for (final Map.Entry<ConfigResource, Config> each : settings().entrySet()) {
                if (limit(each.getValue(), REQUEST_BYTES) < request)
                    throw new TopicSettingException("broker " + each.getKey().name() + " has " + REQUEST_BYTES + " = "
                            + limit(each.getValue(), REQUEST_BYTES) + ", but a record of topic " + topic + " may have " + request
                            + " bytes: raise it, or lower ingest.images-per-record");
                if (limit(each.getValue(), REPLICA_BYTES) < request)
                    LOG.warn(
                            "broker {} has {} = {}, below the largest record of topic {} ({} bytes): replicas fetch one record at a time",
                            each.getKey().name(), REPLICA_BYTES, limit(each.getValue(), REPLICA_BYTES), topic, request);
            }
        } catch (AuthorizationException e) {
            LOG.warn("{} and {} of the brokers cannot be checked; they must be at least {}. To allow it: {}", REQUEST_BYTES,
                    REPLICA_BYTES, request, grant());
        }
    }

    /** Logs every quota that applies to this principal or to its client ids, because a quota looks like a slow broker. */
    void tellOfQuotas() {
        try {
            TopicAdmin.await(admin.describeClientQuotas(ClientQuotaFilter.all()).entities()).forEach((entity, quotas) -> {
                if (appliesHere(entity))
                    LOG.warn("the cluster limits {} to {}: clients of this process may be slowed down",
                            entity.entries().entrySet().stream()
                                    .map(named -> named.getKey() + " " + Objects.requireNonNullElse(named.getValue(), "(any)"))
                                    .collect(Collectors.joining(", ")),
                            quotas.entrySet().stream().map(quota -> quota.getKey() + " = " + quota.getValue())
                                    .sorted().collect(Collectors.joining(", ")));
            });
        } catch (AuthorizationException | UnsupportedVersionException e) {
            LOG.debug("quotas cannot be looked at; to allow it: {}", grant(), e);
        }
    }

    /** A part of an entity without a name is the default for all names. */
    private boolean appliesHere(ClientQuotaEntity entity) {
        return entity.entries().entrySet().stream().allMatch(part -> part.getValue() == null || switch (part.getKey()) {
            case ClientQuotaEntity.USER -> Principal.of(broker.kafka()).equals("User:" + part.getValue());
            case ClientQuotaEntity.CLIENT_ID -> part.getValue().startsWith(broker.topics().prefix());
            default -> false; // an address, which this process does not know
        });
    }

    private Map<ConfigResource, Config> settings() {
        final Collection<Node> nodes = TopicAdmin.await(admin.describeCluster().nodes());
        final List<ConfigResource> brokers = nodes.stream()
                .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString())).toList();
        return TopicAdmin.await(admin.describeConfigs(brokers).all());
    }

    private static long limit(Config settings, String key) {
        return Optional.ofNullable(settings.get(key)).map(ConfigEntry::value).map(Long::parseLong).orElse(Long.MAX_VALUE);
    }

    private String grant() {
        return Sentences.grant(broker.kafka(), Principal.of(broker.kafka()), AclOperation.DESCRIBE_CONFIGS, ResourceType.CLUSTER,
                "kafka-cluster");
    }
}
