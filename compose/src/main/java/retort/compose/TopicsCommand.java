package retort.compose;

import com.typesafe.config.Config;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import retort.compose.settings.SettingsOptions;
import retort.kafka.Broker;
import retort.kafka.BrokerUnreachableException;
import retort.kafka.KafkaSettings;

@Command(name = "topics", mixinStandardHelpOptions = true, description = "Lists Retort's topics: partitions, span of offsets (markers of transactions count), how long records are kept.")
final class TopicsCommand implements Callable<Integer> {
    private static final long TIMEOUT_S = 15;

    @Mixin
    private SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        final Config config = settings.load();
        final Broker broker = Broker.from(config);
        final KafkaSettings kafka = broker.kafka();
        final String prefix = broker.topics().prefix();
        try (Admin admin = Admin.create(kafka.with(Map.of("default.api.timeout.ms", "10000", "request.timeout.ms", "8000")))) {
            final List<String> names = admin.listTopics().names().get(TIMEOUT_S, TimeUnit.SECONDS).stream()
                    .filter(name -> name.startsWith(prefix)).sorted().toList();
            final Map<String, TopicDescription> topics = new TreeMap<>(
                    admin.describeTopics(names).allTopicNames().get(TIMEOUT_S, TimeUnit.SECONDS));
            final Map<TopicPartition, ListOffsetsResultInfo> first = offsets(admin, topics.values(), OffsetSpec.earliest());
            final Map<TopicPartition, ListOffsetsResultInfo> last = offsets(admin, topics.values(), OffsetSpec.latest());
            System.out.printf("%-36s %10s %14s %14s  %s%n", "topic", "partitions", "first offset", "end offset", "kept");
            for (final TopicDescription topic : topics.values()) {
                final ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
                final var kept = admin.describeConfigs(List.of(resource)).all().get(TIMEOUT_S, TimeUnit.SECONDS).get(resource);
                for (final var partition : topic.partitions()) {
                    final TopicPartition key = new TopicPartition(topic.name(), partition.partition());
                    System.out.printf("%-36s %10s %14d %14d  %s%n", topic.name(),
                            partition.partition() + "/" + topic.partitions().size(), offset(first, key),
                            offset(last, key), kept == null ? "" : kept(kept));
                }
            }
            return 0;
        } catch (KafkaException e) {
            throw BrokerUnreachableException.explained(kafka.bootstrapServers(), e);
        } catch (ExecutionException | TimeoutException e) {
            throw new BrokerUnreachableException(kafka.bootstrapServers(), e);
        }
    }

    private static String kept(org.apache.kafka.clients.admin.Config config) {
        if ("compact".equals(config.get("cleanup.policy").value()))
            return "latest of each key";
        final String bytes = config.get("retention.bytes").value();
        final String millis = config.get("retention.ms").value();
        return ("-1".equals(bytes) ? "any size" : bytes + " bytes a partition") + ", "
                + ("-1".equals(millis) ? "any time" : Long.parseLong(millis) / 3_600_000 + " h");
    }

    private static Map<TopicPartition, ListOffsetsResultInfo> offsets(Admin admin, Collection<TopicDescription> topics,
            OffsetSpec spec)
            throws Exception {
        return admin.listOffsets(topics.stream().flatMap(topic -> topic.partitions().stream()
                .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toMap(partition -> partition, partition -> spec))).all().get(TIMEOUT_S, TimeUnit.SECONDS);
    }

    private static long offset(Map<TopicPartition, ListOffsetsResultInfo> offsets, TopicPartition partition) {
        final ListOffsetsResultInfo found = offsets.get(partition);
        return found == null ? -1 : found.offset();
    }
}
