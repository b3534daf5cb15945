package retort.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;
import retort.settings.SettingException;

/**
 * Turns Kafka's exceptions into sentences for people: the request, the address, the answer, and a way out. No other class does this.
 * Stateless, so any thread may call it.
 */
final class Sentences {
    private Sentences() {
    }

    /**
     * The exception for people, or {@code failure} itself if no better message is known. After a timeout it blocks for some seconds, to
     * find the cause.
     *
     * @param waited the time that the client has waited
     */
    static RuntimeException explain(KafkaSettings kafka, Attempt attempt, Duration waited, RuntimeException failure) {
        final Optional<RuntimeException> known = answered(kafka, attempt, failure);
        if (known.isPresent() || find(TimeoutException.class, failure) == null)
            return known.orElse(failure);
        try {
            return new Reachability(kafka).trouble()
                    .<RuntimeException>map(trouble -> new BrokerUnreachableException(trouble, failure))
                    .orElseGet(() -> new BrokerException("the broker at " + kafka.bootstrapServers()
                            + " answers, but did not let this process " + attempt.doing() + " within " + seconds(waited) + " ("
                            + failure.getMessage() + "): " + attempt.hint(), failure));
        } catch (RuntimeException e) { // the second attempt has failed with the cause itself
            return explainAnswer(kafka, attempt, e);
        }
    }

    /** Explains a failure that a broker or the client itself has answered, as {@link #explain} does. Does not block. */
    static RuntimeException explainAnswer(KafkaSettings kafka, Attempt attempt, RuntimeException failure) {
        return answered(kafka, attempt, failure).orElse(failure);
    }

    /** Empty if no answer is in the failure, or if no better message is known. */
    private static Optional<RuntimeException> answered(KafkaSettings kafka, Attempt attempt, RuntimeException failure) {
        if (failure instanceof BrokerException || failure instanceof SettingException)
            return Optional.of(failure);
        final String at = kafka.bootstrapServers();
        final AuthorizationException denial = find(AuthorizationException.class, failure);
        if (denial != null)
            return Optional.of(denied(kafka, attempt, denial, failure));
        final SslAuthenticationException tls = find(SslAuthenticationException.class, failure);
        if (tls != null)
            return Optional.of(new BrokerException("the TLS handshake with the broker at " + at + " has failed (" + deepest(tls)
                    + "): check that this listener speaks TLS, that kafka.ssl.truststore.location holds the certificate of its"
                    + " authority, that the host's name is in its certificate, and kafka.ssl.keystore.* where the broker asks"
                    + " for a client's certificate", failure));
        final AuthenticationException refused = find(AuthenticationException.class, failure);
        if (refused != null)
            return Optional.of(new BrokerException(
                    "the broker at " + at + " refuses the credentials of " + Principal.of(kafka) + " ("
                            + refused.getMessage()
                            + "): check user and password in kafka.sasl.jaas.config, and kafka.sasl.mechanism",
                    failure));
        final UnsupportedVersionException old = find(UnsupportedVersionException.class, failure);
        if (old != null)
            return Optional.of(new BrokerException(
                    "the broker at " + at + " is of a version that cannot do this: to " + attempt.doing() + " ("
                            + old.getMessage() + "): use a broker of Kafka 2.5 or newer",
                    failure));
        final InvalidTimestampException clock = find(InvalidTimestampException.class, failure);
        if (clock != null)
            return Optional.of(clocks(at, clock, failure));
        if (attempt.resource() == ResourceType.TOPIC && !attempt.name().isEmpty()
                && find(UnknownTopicOrPartitionException.class, failure) != null)
            return Optional.of(new BrokerException("topic " + attempt.name() + " does not exist at " + at
                    + ": it was deleted, or it was never made", failure));
        final ConfigException config = find(ConfigException.class, failure);
        if (config == null)
            return Optional.empty();
        final String said = String.valueOf(config.getMessage());
        if (said.startsWith("No resolvable bootstrap urls"))
            return Optional.of(new BrokerUnreachableException("no name server knows the host of " + at
                    + ": check its spelling in kafka.bootstrap.servers", failure));
        return Optional.of(new SettingException("settings under kafka (bootstrap.servers = " + at + "): " + said
                + "; addresses are host:port, separated by commas"));
    }

    private static BrokerException clocks(String at, InvalidTimestampException clock, Throwable cause) {
        return new BrokerException("the broker at " + at + " refuses a record because of its time, which is this machine's: "
                + Instant.now() + " (" + clock.getMessage() + "): one of the two clocks is wrong; set it, with NTP for example,"
                + " or raise message.timestamp.after.max.ms of the topic", cause);
    }

    private static AccessDeniedException denied(KafkaSettings kafka, Attempt attempt, AuthorizationException denial,
            Throwable cause) {
        final String principal = Principal.of(kafka);
        final Set<String> names = names(attempt, denial);
        final ResourceType resource = resource(attempt, denial);
        final AclOperation operation = denial instanceof TransactionalIdAuthorizationException
                ? AclOperation.WRITE
                : denial instanceof GroupAuthorizationException
                        ? AclOperation.READ
                        : attempt.operation();
        return new AccessDeniedException("principal " + principal + " may not " + attempt.doing() + " at "
                + kafka.bootstrapServers() + ": operation " + word(operation.name()) + " on " + kind(resource) + " "
                + String.join(", ", names) + " is denied. To grant it: " + names.stream()
                        .map(name -> grant(kafka, principal, operation, resource, name)).collect(Collectors.joining("; ")),
                cause);
    }

    private static Set<String> names(Attempt attempt, AuthorizationException denial) {
        if (denial instanceof TopicAuthorizationException topics && !topics.unauthorizedTopics().isEmpty())
            return new java.util.TreeSet<>(topics.unauthorizedTopics());
        if (denial instanceof GroupAuthorizationException group && group.groupId() != null)
            return Set.of(group.groupId());
        return Set.of(attempt.name());
    }

    private static ResourceType resource(Attempt attempt, AuthorizationException denial) {
        return switch (denial) {
            case TopicAuthorizationException _ -> ResourceType.TOPIC;
            case GroupAuthorizationException _ -> ResourceType.GROUP;
            case TransactionalIdAuthorizationException _ -> ResourceType.TRANSACTIONAL_ID;
            // A producer that may write to no topic is refused as one that may not write to the cluster.
            case ClusterAuthorizationException _ -> attempt.operation() == AclOperation.WRITE
                    ? attempt.resource()
                    : ResourceType.CLUSTER;
            default -> attempt.resource();
        };
    }

    /** The sentence about a topic that the cluster does not want to create in the way that Retort asks for it. */
    static String notCreated(KafkaSettings kafka, WantedTopic wanted, RuntimeException refusal) {
        final String what = "topic " + wanted.name() + " cannot be created at " + kafka.bootstrapServers() + " ("
                + refusal.getMessage() + "): ";
        if (refusal instanceof InvalidTopicException)
            return what + "change topics.prefix, or the name of the stream";
        return what + (refusal instanceof InvalidReplicationFactorException
                ? "start as many brokers as their default.replication.factor says, or create the topic with the replicas that there are"
                : "create it in a way that the cluster allows")
                + ": kafka-topics.sh --bootstrap-server " + kafka.bootstrapServers() + " --create --topic " + wanted.name()
                + " --partitions " + wanted.partitions() + " --replication-factor N" + wanted.settings().stream()
                        .map(setting -> " --config " + setting.key() + "=" + setting.value()).collect(Collectors.joining());
    }

    /** The command line of Kafka's own tool that grants the right. */
    static String grant(KafkaSettings kafka, String principal, AclOperation operation, ResourceType resource, String name) {
        return "kafka-acls.sh --bootstrap-server " + kafka.bootstrapServers() + " --add --allow-principal '" + principal
                + "' --operation " + word(operation.name()) + switch (resource) {
                    case CLUSTER -> " --cluster";
                    case TRANSACTIONAL_ID -> " --transactional-id " + name;
                    case GROUP -> " --group " + name;
                    default -> " --topic " + name;
                };
    }

    private static String kind(ResourceType resource) {
        return resource.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** {@code DESCRIBE_CONFIGS} as Kafka's tools write it: {@code DescribeConfigs}. */
    private static String word(String name) {
        final StringBuilder word = new StringBuilder();
        for (final String part : name.split("_", -1))
            word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
        return word.toString();
    }

    static String seconds(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    private static String deepest(Throwable failure) {
        Throwable at = failure;
        while (at.getCause() != null)
            at = at.getCause();
        return String.valueOf(at.getMessage());
    }

    private static <E extends Throwable> @Nullable E find(Class<E> type, Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause())
            if (type.isInstance(at))
                return type.cast(at);
        return null;
    }
}
