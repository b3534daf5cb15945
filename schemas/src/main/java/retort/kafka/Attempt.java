package retort.kafka;

import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/**
 * One request of a client to the cluster, described for the error message about its failure.
 *
 * @param doing completes "may not ..." and "did not let ... ..."
 * @param operation the right that the request needs
 * @param resource kind of the resource that the right is for
 * @param name name of that resource
 * @param hint cause and way out for the case that a broker answers everything except this request
 */
record Attempt(String doing, AclOperation operation, ResourceType resource, String name, String hint) {
    private static final String BUSY = "it may be starting, short of replicas, or slowed by a quota: look at its log";

    /** Reading the metadata of the cluster. Kafka lets every principal ask for it. */
    static Attempt look() {
        return new Attempt("look at the cluster", AclOperation.DESCRIBE, ResourceType.CLUSTER, "kafka-cluster", BUSY);
    }

    static Attempt read(String topic) {
        return new Attempt("read topic " + topic, AclOperation.READ, ResourceType.TOPIC, topic,
                "a transaction of another program may be open in it, or partitions of it may have no leader: "
                        + "kafka-topics.sh --describe --topic " + topic + " tells");
    }

    /**
     * Sending the records of a sink. A denial names the topics itself, except that of a producer that may write to no topic at all.
     *
     * @param topic a topic that the sink may have to write to
     */
    static Attempt write(String client, String topic) {
        return new Attempt("write as " + client, AclOperation.WRITE, ResourceType.TOPIC, topic, BUSY);
    }

    /** Taking ownership of a transactional id. */
    static Attempt claim(String transactionalId) {
        return new Attempt("claim transactional id " + transactionalId, AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID,
                transactionalId,
                "its coordinator is a broker that leads the topic __transaction_state, which wants as many brokers as"
                        + " transaction.state.log.replication.factor and transaction.state.log.min.isr say");
    }

    static Attempt describe(String topic) {
        return new Attempt("describe topic " + topic, AclOperation.DESCRIBE, ResourceType.TOPIC, topic, BUSY);
    }

    static Attempt create(String topic) {
        return new Attempt("create topic " + topic, AclOperation.CREATE, ResourceType.TOPIC, topic, BUSY);
    }

    static Attempt describeSettings(String topic) {
        return new Attempt("look at the settings of topic " + topic, AclOperation.DESCRIBE_CONFIGS, ResourceType.TOPIC, topic,
                BUSY);
    }

    static Attempt alterSettings(String topic) {
        return new Attempt("change settings of topic " + topic, AclOperation.ALTER_CONFIGS, ResourceType.TOPIC, topic, BUSY);
    }
}
