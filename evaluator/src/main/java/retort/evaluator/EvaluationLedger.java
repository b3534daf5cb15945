package retort.evaluator;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import retort.evaluator.suite.SuitePicture;
import retort.evaluator.feed.EvaluationJson;
import retort.kafka.Broker;
import retort.kafka.Keys;
import retort.kafka.RecordSink;
import retort.kafka.Share;
import retort.kafka.Topics;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.Picture;
import retort.record.Rejected;

/**
 * The evaluations that any evaluator has published. They are read from the topic at the start, and every publication adds to them. The
 * topic is read after an older evaluator of the same id has been fenced, so that the ledger holds everything that the older one has
 * published and nothing is scored twice. Any thread may call it, but only one publication may run at a time.
 */
final class EvaluationLedger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluationLedger.class);
    private static final String SERVICE = "evaluator";
    /** Room for an evaluation with its picture, which is below 1 MiB. */
    private static final long IN_FLIGHT_BYTES = 2 << 20;

    private final RecordSink sink;
    private final RecordSink rejections;
    private final Topics topics;
    private final Broker reader;
    private final Promotions promotions;
    private volatile Share share = Share.WHOLE;
    private volatile boolean doubted;
    private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();

    /** The latest publication under a key. An empty reason means that the checkpoint was scored. */
    private record Outcome(String checkpointSha256, String reason) {
        static Outcome of(Evaluation evaluation) {
            return new Outcome(evaluation.getCheckpointSha256(), Objects.requireNonNullElse(
                    evaluation.getPassedOver() == null ? evaluation.getError() : evaluation.getPassedOver(), ""));
        }
    }

    private EvaluationLedger(RecordSink sink, RecordSink rejections, Broker broker, Promotions promotions) {
        this.sink = sink;
        this.rejections = rejections;
        this.topics = broker.topics();
        this.reader = broker.rejectingTo(rejections, SERVICE);
        this.promotions = promotions;
    }

    /**
     * Blocks until older evaluators of this id are fenced. Call {@link #take} next.
     *
     * @param promotions receives every evaluation
     */
    static EvaluationLedger open(Broker broker, String id, Promotions promotions) {
        final RecordSink sink = broker.transactionalSink("evaluator." + id, IN_FLIGHT_BYTES);
        return new EvaluationLedger(sink, broker.sink("evaluator-rejected", IN_FLIGHT_BYTES),
                broker, promotions);
    }

    /** Takes over a share of the work, and reads what its earlier owners have published. Blocks; not while a publication runs. */
    void take(Share given) {
        share = given;
        readAgain();
    }

    /** @return true if this evaluator scores the checkpoints of {@code run}, or the raw pixels if it is their name */
    boolean owns(String run) {
        return share.has(run);
    }

    /** Notes that evaluations may have been deleted from the topic. Any thread. */
    void doubt() {
        doubted = true;
    }

    /** @return true if {@link #doubt} was called after the topic was read */
    boolean isDoubted() {
        return doubted;
    }

    /** Reads the topic and forgets the evaluations that have been deleted from it. Blocks; not while a publication runs. */
    void readAgain() {
        doubted = false;
        final Collection<Evaluation> published = reader.table(topics.evaluations()).values();
        outcomes.clear();
        promotions.clear();
        published.forEach(this::remember);
    }

    /** @return true if the suite has scored these weights under these settings; an error does not count, so it is tried after a restart, and
     *     neither does a checkpoint that was passed over, because the settings may have changed */
    boolean has(String run, long step, String suite, String settingsHash, String checkpointSha256) {
        return new Outcome(checkpointSha256, "").equals(outcomes.get(Keys.evaluation(run, step, suite, settingsHash)));
    }

    /** @return true if the latest evaluation under the same key has the same error, or the same reason, for the same weights */
    boolean hasSame(Evaluation evaluation) {
        return Outcome.of(evaluation).equals(outcomes.get(topics.evaluations().key().apply(evaluation)));
    }

    /**
     * Publishes an evaluation. The same transaction publishes its picture and, if it makes the checkpoint the best of its run, the
     * promotion.
     */
    Mono<Void> publish(Evaluation evaluation, CheckpointReady checkpoint, Optional<SuitePicture> picture) {
        return Mono.defer(() -> {
            final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(records(evaluation));
            picture.ifPresent(made -> records.add(topics.pictures().record(picture(evaluation, made))));
            promotions.by(evaluation, checkpoint).forEach(promotion -> records.add(topics.promotions().record(promotion)));
            return send(records).then(Mono.fromRunnable(() -> {
                promotions.verdicts(evaluation).stream().filter(Verdict::regresses)
                        .forEach(verdict -> LOG.warn("{}", verdict.regression(evaluation.getRun(), evaluation.getStep())));
                remember(evaluation);
            }));
        });
    }

    /** Publishes an evaluation that promotes nothing, because it is of raw pixels or has no figures. */
    Mono<Void> publish(Evaluation evaluation) {
        return Mono.defer(() -> send(records(evaluation)).then(Mono.fromRunnable(() -> remember(evaluation))));
    }

    /** Publishes, on the topic {@code rejected}, the reason why a checkpoint was not scored. */
    Mono<Void> reject(CheckpointReady checkpoint, String reason) {
        final String what = Keys.checkpoint(checkpoint.getRun(), checkpoint.getStep());
        LOG.warn("rejected {}: {}", what, reason);
        return rejections.send(topics.rejected(), Rejected.newBuilder().setSource(SERVICE + "/" + topics.checkpoints().name())
                .setWhat(what).setWhere(checkpoint.getUri()).setReason(reason).setAt(Instant.now()).build());
    }

    /** A copy of {@code broker} that publishes undecodable events to {@code rejected} through this ledger's sink. */
    Broker rejecting(Broker broker) {
        return broker.rejectingTo(rejections, SERVICE);
    }

    private Mono<Void> send(List<ProducerRecord<byte[], byte[]>> records) {
        return sink.sendAll(records, share.fencing());
    }

    private static Picture picture(Evaluation evaluation, SuitePicture made) {
        return Picture.newBuilder().setRun(evaluation.getRun()).setStep(evaluation.getStep()).setSuite(evaluation.getSuite())
                .setSettingsHash(evaluation.getSettingsHash()).setCheckpointSha256(evaluation.getCheckpointSha256())
                .setStream(evaluation.getStream()).setSampleIds(made.sampleIds()).setRows(made.rows()).setWidth(made.width())
                .setHeight(made.height()).setPng(ByteBuffer.wrap(made.png())).setAt(evaluation.getAt()).build();
    }

    /** The evaluation and, if the settings ask for it, its mirror in JSON. A checkpoint that was passed over is none for subscribers. */
    private List<ProducerRecord<byte[], byte[]>> records(Evaluation evaluation) {
        final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(List.of(topics.evaluations().record(evaluation)));
        topics.mirror(topics.evaluations().key().apply(evaluation),
                Optional.of(evaluation).filter(each -> each.getPassedOver() == null).map(EvaluationJson::line))
                .ifPresent(records::add);
        return records;
    }

    private void remember(Evaluation evaluation) {
        outcomes.put(topics.evaluations().key().apply(evaluation), Outcome.of(evaluation));
        promotions.remember(evaluation);
    }

    @Override
    public void close() {
        sink.close();
        rejections.close();
    }
}
