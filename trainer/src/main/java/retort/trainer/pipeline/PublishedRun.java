package retort.trainer.pipeline;

import java.util.ArrayList;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import retort.kafka.Broker;
import retort.kafka.RecordSink;
import retort.kafka.Topic;
import retort.kafka.Topics;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.Promotion;
import retort.trainer.checkpoint.CheckpointStore;

/**
 * The events about a run that stand on the broker: its checkpoints, evaluations, pictures, promotions and progress. The key of each has the name of
 * the run in it, so two runs of one name would mix. Blocking; any thread.
 */
public final class PublishedRun {
    private static final long IN_FLIGHT_BYTES = 1 << 20;
    /** Records of one transaction. */
    private static final int CHUNK = 500;

    private final Broker broker;
    private final CheckpointStore store;
    private final String name;

    /** @param store the folder with the checkpoints of the run, if it has any */
    public PublishedRun(Broker broker, CheckpointStore store, String name) {
        this.broker = broker;
        this.store = store;
        this.name = name;
    }

    /**
     * Checks that a run without a checkpoint is new. Call it before the run is claimed, because a claim ends a trainer that owns the run.
     *
     * @throws RunException if the broker knows a later step of the run than its first state; the message says what can be done
     */
    void requireNew() {
        if (!store.list(name).isEmpty())
            return;
        final Topics topics = broker.topics();
        final OptionalLong later = LongStream
                .concat(of(topics.checkpoints(), CheckpointReady::getRun).stream().mapToLong(CheckpointReady::getStep),
                        of(topics.evaluations(), Evaluation::getRun).stream().mapToLong(Evaluation::getStep))
                .filter(step -> step > 0).max();
        if (later.isPresent())
            throw new RunException(
                    "run " + name + " has no checkpoint in " + store.folder(name) + ", but the broker knows it at step "
                            + later.getAsLong()
                            + ", and the evaluations of two runs would stand under one name: set trainer.checkpoints to the"
                            + " folder that holds its checkpoints, give the run another name, or begin anew with --forget " + name
                            + ", which deletes what the broker knows of it");
    }

    /**
     * Writes a tombstone for every event about the run. A trainer that owns the run is fenced. The tombstones of the checkpoints come last,
     * because an evaluator that sees one looks at the evaluations again.
     *
     * @return number of tombstones
     * @throws RunException if there are checkpoints of the run in the folder; a run that goes on must not be forgotten
     */
    public int forget() {
        if (!store.list(name).isEmpty())
            throw new RunException("run " + name + " cannot be forgotten, because it would go on from its checkpoints in "
                    + store.folder(name) + ": move that folder away first, or leave --forget out");
        final Topics topics = broker.topics();
        final List<ProducerRecord<byte[], byte[]>> tombstones = new ArrayList<>();
        final List<ProducerRecord<byte[], byte[]>> evaluations = tombstones(topics.evaluations(),
                of(topics.evaluations(), Evaluation::getRun));
        tombstones.addAll(evaluations);
        evaluations.forEach(tombstone -> topics.mirror(new String(tombstone.key(), StandardCharsets.UTF_8), Optional.empty())
                .ifPresent(tombstones::add));
        broker.keys(topics.pictures()).stream().filter(key -> key.startsWith(name + "/"))
                .forEach(key -> tombstones.add(topics.pictures().tombstone(key)));
        tombstones.addAll(tombstones(topics.promotions(), of(topics.promotions(), Promotion::getRun)));
        tombstones.addAll(tombstones(topics.progress(),
                of(topics.progress(), retort.record.TrainingProgress::getRun)));
        tombstones.addAll(tombstones(topics.checkpoints(), of(topics.checkpoints(), CheckpointReady::getRun)));
        try (RecordSink sink = broker.transactionalSink("trainer." + name, IN_FLIGHT_BYTES)) {
            for (int from = 0; from < tombstones.size(); from += CHUNK)
                sink.sendAll(tombstones.subList(from, Math.min(from + CHUNK, tombstones.size()))).block(broker.timeout());
        }
        return tombstones.size();
    }

    private <T extends SpecificRecord> List<T> of(Topic<T> topic, java.util.function.Function<T, String> run) {
        return broker.table(topic).values().stream().filter(event -> run.apply(event).equals(name)).toList();
    }

    private static <T extends SpecificRecord> List<ProducerRecord<byte[], byte[]>> tombstones(Topic<T> topic, List<T> events) {
        return events.stream().map(event -> topic.tombstone(topic.key().apply(event))).toList();
    }
}
