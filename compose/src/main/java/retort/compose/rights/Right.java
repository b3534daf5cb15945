package retort.compose.rights;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What one service may do with one kind of thing at the broker.
 *
 * @param names names without the prefix of all topics; one that is empty or ends with a point stands for all names that begin with it
 */
record Right(ResourceType kind, List<String> names, List<AclOperation> operations) {
    private static final String CLUSTER = "kafka-cluster";

    static Right on(ResourceType kind, String names, AclOperation... operations) {
        return new Right(kind, List.of(names.split(" ", -1)), List.of(operations));
    }

    /** @param prefix that of all topics, transactional ids and groups; may be empty */
    Stream<AclBinding> bindings(String user, String prefix) {
        return names.stream().map(name -> pattern(name, prefix)).flatMap(pattern -> operations.stream()
                .map(operation -> new AclBinding(pattern,
                        new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW))));
    }

    private ResourcePattern pattern(String name, String prefix) {
        if (kind == ResourceType.CLUSTER)
            return new ResourcePattern(kind, CLUSTER, PatternType.LITERAL);
        final String whole = prefix + name;
        if (whole.isEmpty())
            return new ResourcePattern(kind, ResourcePattern.WILDCARD_RESOURCE, PatternType.LITERAL);
        final boolean many = name.isEmpty() || name.endsWith(".");
        return new ResourcePattern(kind, whole, many ? PatternType.PREFIXED : PatternType.LITERAL);
    }

    /** In words, such as {@code Read, Write on topics streams, positions}. */
    String words(String prefix) {
        final String kinds = switch (kind) {
            case TOPIC -> "topics";
            case TRANSACTIONAL_ID -> "transactional ids";
            case GROUP -> "groups";
            default -> "the cluster";
        };
        return operations.stream().map(Right::word).collect(Collectors.joining(", ")) + " on " + kinds
                + (kind == ResourceType.CLUSTER
                        ? ""
                        : names.stream()
                                .map(name -> prefix + name + (name.isEmpty() || name.endsWith(".") ? "*" : ""))
                                .collect(Collectors.joining(", ", " ", "")));
    }

    private static String word(AclOperation operation) {
        return Stream.of(operation.name().split("_", -1))
                .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT)).collect(Collectors.joining());
    }
}
