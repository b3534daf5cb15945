package retort.kafka;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Configurable;

/**
 * Numbers the members of a group, in the order of their ids, and tells each member its number and how many there are. It assigns no
 * partitions, because members share work by key and not records. Kafka creates it, and calls it on the thread that polls.
 */
public final class ShareAssignor implements ConsumerPartitionAssignor, Configurable {
    /** Key of the client property that holds a {@code BiConsumer<Integer, Integer>} for number and members. */
    static final String LISTENER = "retort.share.listener";

    private BiConsumer<Integer, Integer> listener = (index, members) -> {
    };

    @Override
    @SuppressWarnings("unchecked")
    public void configure(Map<String, ?> properties) {
        if (properties.get(LISTENER) instanceof final BiConsumer<?, ?> given)
            listener = (BiConsumer<Integer, Integer>) given;
    }

    @Override
    public String name() {
        return "retort-share";
    }

    @Override
    public GroupAssignment assign(Cluster metadata, GroupSubscription subscriptions) {
        final Map<String, Assignment> assignments = new HashMap<>();
        final TreeSet<String> members = new TreeSet<>(subscriptions.groupSubscription().keySet());
        for (final String member : members)
            assignments.put(member, new Assignment(List.of(), ByteBuffer.allocate(2 * Integer.BYTES)
                    .putInt(assignments.size()).putInt(members.size()).flip()));
        return new GroupAssignment(assignments);
    }

    @Override
    public void onAssignment(Assignment assignment, ConsumerGroupMetadata metadata) {
        final ByteBuffer numbers = assignment.userData().duplicate();
        listener.accept(numbers.getInt(), numbers.getInt());
    }
}
