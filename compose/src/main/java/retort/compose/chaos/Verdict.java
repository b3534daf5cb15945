package retort.compose.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import retort.codec.UndecodableException;
import retort.kafka.Broker;
import retort.kafka.Keys;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.trainer.audit.Audit;
import retort.trainer.audit.AuditReport;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.weights.WeightsDigest;

/**
 * The comparison of a job under faults with the same job without faults.
 *
 * @param weightsSha256 SHA-256 of the final student's tensors under faults
 * @param identical true if every checkpoint has the same bytes, optimiser state included
 * @param audited true if the audit of every run is clean and compares every step
 * @param announced true if each checkpoint is announced, under its own SHA-256 alone
 * @param evaluated true if each checkpoint has one evaluation by each suite, with the same figures
 * @param differences one sentence for each thing that is not so
 */
record Verdict(String weightsSha256, boolean identical, boolean audited, boolean announced, boolean evaluated,
        List<String> differences) {
    Verdict {
        differences = List.copyOf(differences);
    }

    boolean isGood() {
        return identical && audited && announced && evaluated;
    }

    /** True when each checkpoint of the store has an evaluation by each suite. Blocks. */
    static boolean isEvaluated(Broker broker, CheckpointStore store) {
        final Set<String> found = new HashSet<>();
        broker.table(broker.topics().evaluations()).values().forEach(each -> found.add(name(each)));
        return found.containsAll(names(store));
    }

    /** Compares when no process of the job runs any more. Blocks. */
    static Verdict of(Calm calm, Broker broker, CheckpointStore store, long steps) {
        final List<String> differences = new ArrayList<>();
        final boolean identical = same("checkpoints", digests(calm.store()), digests(store), differences);
        final boolean audited = isAudited(broker, store, steps, differences);
        final boolean announced = isAnnounced(broker, store, differences);
        final boolean evaluated = isEvaluatedOnce(calm, broker, store, differences);
        final String run = Job.RUNS.getLast();
        return new Verdict(store.latest(run).map(last -> WeightsDigest.of(last.weights())).orElse(""), identical, audited,
                announced, evaluated, differences);
    }

    private static boolean isAudited(Broker broker, CheckpointStore store, long steps, List<String> differences) {
        long compared = 0;
        boolean clean = true;
        for (final String run : Job.RUNS) {
            final AuditReport report = new Audit(broker, store).of(run);
            compared += report.compared();
            clean &= report.isClean();
            report.findings().forEach(finding -> differences.add("audit of " + run + ": " + finding.text()));
        }
        if (compared != steps)
            differences.add("the audit compared " + compared + " of " + steps + " steps");
        return clean && compared == steps;
    }

    /** A checkpoint may be announced again after a resume, with the same weights. */
    private static boolean isAnnounced(Broker broker, CheckpointStore store, List<String> differences) {
        final Map<String, Set<String>> announced = new TreeMap<>();
        for (final CheckpointReady each : all(broker, broker.topics().checkpoints()))
            announced.computeIfAbsent(Keys.checkpoint(each.getRun(), each.getStep()), key -> new TreeSet<>())
                    .add(each.getSha256());
        final Map<String, Set<String>> saved = new TreeMap<>();
        for (final Checkpoint each : checkpoints(store))
            saved.put(Keys.checkpoint(each.state().run(), each.state().step()), Set.of(each.weightsDigest().sha256()));
        return same("announcements", saved, announced, differences);
    }

    private static boolean isEvaluatedOnce(Calm calm, Broker broker, CheckpointStore store, List<String> differences) {
        final Map<String, Integer> times = new TreeMap<>();
        final Map<String, Map<String, Double>> figures = new TreeMap<>();
        for (final Evaluation each : all(broker, broker.topics().evaluations())) {
            times.merge(name(each), 1, Integer::sum);
            figures.put(name(each), each.getMetrics());
            if (each.getError() != null)
                differences.add(name(each) + " was refused: " + each.getError());
        }
        final Map<String, Integer> once = new TreeMap<>();
        names(store).forEach(name -> once.put(name, 1));
        final Map<String, Map<String, Double>> expected = new TreeMap<>();
        calm.evaluations().forEach(each -> expected.put(name(each), each.getMetrics()));
        final boolean counted = same("numbers of evaluations", once, times, differences); // both, so that every difference is named
        return same("figures", expected, figures, differences) && counted;
    }

    private static Map<String, String> digests(CheckpointStore store) {
        final Map<String, String> digests = new TreeMap<>();
        for (final Checkpoint each : checkpoints(store))
            digests.put(Keys.checkpoint(each.state().run(), each.state().step()),
                    each.weightsDigest().sha256() + " " + each.optimizerDigest().sha256());
        return digests;
    }

    private static List<Checkpoint> checkpoints(CheckpointStore store) {
        return Job.RUNS.stream().flatMap(run -> store.list(run).stream()).toList();
    }

    private static Set<String> names(CheckpointStore store) {
        final Set<String> names = new TreeSet<>();
        for (final Checkpoint each : checkpoints(store))
            Job.SUITES.forEach(suite -> names.add(Keys.checkpoint(each.state().run(), each.state().step()) + "/" + suite));
        return names;
    }

    private static String name(Evaluation evaluation) {
        return Keys.checkpoint(evaluation.getRun(), evaluation.getStep()) + "/" + evaluation.getSuite();
    }

    private static <V> boolean same(String what, Map<String, V> expected, Map<String, V> found, List<String> differences) {
        final Set<String> keys = new TreeSet<>(expected.keySet());
        keys.addAll(found.keySet());
        keys.removeIf(key -> expected.containsKey(key) && expected.get(key).equals(found.get(key)));
        keys.forEach(key -> differences
                .add(what + ": " + key + " should be " + expected.get(key) + " and is " + found.get(key)));
        return keys.isEmpty();
    }

    /** Every committed record of a topic, also those that a later one with the same key has replaced. */
    private static <T extends org.apache.avro.specific.SpecificRecord> List<T> all(Broker broker, retort.kafka.Topic<T> topic) {
        final List<T> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                broker.kafka().with(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed")), new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            final List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(at -> new TopicPartition(at.topic(), at.partition())).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            final Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue()))
                for (final ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100)))
                    Optional.ofNullable(topic.value(record)).ifPresent(all::add);
            return all;
        } catch (UndecodableException e) {
            throw new IllegalStateException(topic.name() + " holds what nobody can read: " + e.getMessage(), e);
        }
    }
}
