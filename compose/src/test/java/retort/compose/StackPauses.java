package retort.compose;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import retort.kafka.Broker;

/**
 * The times at which a stack has published records and trained steps, and the longest time between two of them.
 *
 * @param published the times of the committed records of the stream {@code train}, in order
 * @param trained the times of the steps of a run, in order
 */
record StackPauses(List<Instant> published, List<Instant> trained) {
    /** The settings of a trainer that writes the time of each step. */
    static final String SETTINGS = "\"--set\", \"trainer.log=/var/lib/retort/log\", \"--set\", \"trainer.report-every=1\"";

    private static final ObjectMapper JSON = new ObjectMapper();

    static StackPauses of(ComposeStack stack, String run) throws Exception {
        final List<Instant> trained = new ArrayList<>();
        for (final String line : stack.output("exec", "-T", "evaluator", "cat", "/var/lib/retort/log/" + run + ".jsonl").lines()
                .toList())
            trained.add(Instant.parse(JSON.readTree(line).get("at").asText()));
        return new StackPauses(published(stack.broker(ConfigFactory.empty())), trained);
    }

    private static List<Instant> published(Broker broker) {
        final List<Instant> times = new ArrayList<>();
        final var properties = broker.kafka().with(Map.of("isolation.level", "read_committed", "enable.auto.commit", false));
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            final List<TopicPartition> images = consumer.partitionsFor(broker.topics().images("train")).stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition())).toList();
            consumer.assign(images);
            consumer.seekToBeginning(images);
            final Map<TopicPartition, Long> ends = consumer.endOffsets(images);
            while (images.stream().anyMatch(each -> consumer.position(each) < ends.get(each)))
                consumer.poll(Duration.ofMillis(100)).forEach(record -> times.add(Instant.ofEpochMilli(record.timestamp())));
        }
        return times.stream().sorted().toList();
    }

    /** A sentence with the longest pauses that overlap the time from {@code from} to {@code to}. */
    String between(Instant from, Instant to) {
        return "longest time without a record %.1f s, without a step %.1f s".formatted(longest(published, from, to),
                longest(trained, from, to));
    }

    /** The longest time between two neighbours of which the later one is after {@code from}, in seconds. The last neighbour is {@code to}. */
    private static double longest(List<Instant> times, Instant from, Instant to) {
        Duration longest = Duration.ZERO;
        Instant last = from;
        for (final Instant time : times) {
            final Instant end = time.isBefore(to) ? time : to;
            if (end.isAfter(from) && Duration.between(last, end).compareTo(longest) > 0)
                longest = Duration.between(last, end);
            last = end;
        }
        final Duration open = Duration.between(last, to);
        return (open.compareTo(longest) > 0 ? open : longest).toMillis() / 1000.0;
    }
}
