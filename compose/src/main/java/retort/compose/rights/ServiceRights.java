package retort.compose.rights;

import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.CLUSTER;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclBinding;

/**
 * The rights of one user. They are narrower than those of the table in operations.md, under which services make their topics themselves:
 * here an administrator has made the topics of events, so that a service writes only to the topics that it owns.
 */
record ServiceRights(String user, List<Right> rights) {
    /** Every service asks for the topics that are there, for their settings, and for quotas. */
    private static final Right LOOK = Right.on(TOPIC, "", DESCRIBE, DESCRIBE_CONFIGS);
    private static final Right QUOTAS = Right.on(CLUSTER, "", DESCRIBE_CONFIGS);

    static final List<ServiceRights> ALL = List.of(
            new ServiceRights("ingest", List.of(LOOK, QUOTAS,
                    Right.on(TOPIC, "images.", READ, WRITE, CREATE, ALTER_CONFIGS),
                    Right.on(TOPIC, "streams positions", READ, WRITE),
                    Right.on(TOPIC, "progress raw.", READ),
                    Right.on(TOPIC, "rejected", WRITE),
                    Right.on(TRANSACTIONAL_ID, "ingest.", WRITE, DESCRIBE),
                    Right.on(GROUP, "raw.", READ), Right.on(GROUP, "ingest.", READ, DESCRIBE))),
            new ServiceRights("trainer", List.of(LOOK, QUOTAS,
                    Right.on(TOPIC, "checkpoints progress", READ, WRITE),
                    Right.on(TOPIC, "images. streams evaluations promotions", READ),
                    Right.on(TRANSACTIONAL_ID, "trainer.", WRITE, DESCRIBE))),
            new ServiceRights("evaluator", List.of(LOOK, QUOTAS,
                    Right.on(TOPIC, "evaluations evaluations.json pictures promotions rejected", READ, WRITE),
                    Right.on(TOPIC, "images. streams positions progress checkpoints", READ),
                    Right.on(TRANSACTIONAL_ID, "evaluator.", WRITE, DESCRIBE),
                    Right.on(GROUP, "evaluator.", READ, DESCRIBE))),
            new ServiceRights("reader", List.of(LOOK, Right.on(TOPIC, "", READ))));

    /** @param prefix that of all topics */
    static List<AclBinding> bindings(String prefix) {
        return ALL.stream().flatMap(service -> service.bind(prefix)).toList();
    }

    private Stream<AclBinding> bind(String prefix) {
        return rights.stream().flatMap(right -> right.bindings(user, prefix));
    }
}
