package retort.evaluator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import retort.codec.EventCodec;
import retort.evaluator.suite.KnnSuite;
import retort.kafka.EventReader;
import retort.kafka.EventSink;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;
import retort.kafka.Undecodable;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.Promotion;
import retort.record.Rejected;

/**
 * What was evaluated, by anyone, ever: read from the topics at the start, added to with every publication. It is read after an
 * older evaluator of the same id is fenced, so whatever that one still published is in it and nothing is scored twice. Any thread;
 * publications one at a time.
 */
final class EvaluationLedger implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluationLedger.class);
    private static final String PROMOTED_BY = KnnSuite.NAME + "." + KnnSuite.TOP1;
    private static final String SOURCE = "evaluator/";
    private static final long IN_FLIGHT_BYTES = 1 << 20;

    private final EventSink sink;
    private final EventSink rejections;
    private final Topics topics;
    private final Map<String, String> checkpointByEvaluation = new ConcurrentHashMap<>();
    private final Map<String, Double> bestByRun = new ConcurrentHashMap<>();

    private EvaluationLedger(EventSink sink, EventSink rejections, Topics topics) {
        this.sink = sink;
        this.rejections = rejections;
        this.topics = topics;
    }

    /** Blocks until older evaluators of this id are fenced and the topics are read. */
    static EvaluationLedger open(KafkaSettings kafka, Topics topics, String id, Duration timeout) {
        final EventSink sink = EventSink.transactional(kafka, "evaluator", topics.prefix() + id, IN_FLIGHT_BYTES, timeout);
        final EvaluationLedger ledger = new EvaluationLedger(sink,
                EventSink.idempotent(kafka, "evaluator-rejected", IN_FLIGHT_BYTES), topics);
        try {
            ledger.read(kafka, timeout);
            return ledger;
        } catch (RuntimeException e) {
            ledger.close();
            throw e;
        }
    }

    private void read(KafkaSettings kafka, Duration timeout) {
        EventReader
                .table(kafka, topics.evaluations(), EventCodec.of(Evaluation.class), undecodable(topics.evaluations()), timeout)
                .values().forEach(this::remember);
        EventReader.table(kafka, topics.promotions(), EventCodec.of(Promotion.class), undecodable(topics.promotions()), timeout)
                .values().stream().filter(promotion -> promotion.getMetric().equals(PROMOTED_BY))
                .forEach(promotion -> bestByRun.put(promotion.getRun(), promotion.getValue()));
    }

    /** Whether {@code suite} has scored these very weights under these settings. */
    boolean has(String run, long step, String suite, String settingsHash, String checkpointSha256) {
        return checkpointSha256.equals(checkpointByEvaluation.get(EvaluationKey.of(run, step, suite, settingsHash)));
    }

    /** Publishes, in one transaction with the run's promotion where this is its best checkpoint so far. */
    Mono<Void> publish(Evaluation evaluation, CheckpointReady checkpoint) {
        return Mono.defer(() -> {
            final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(List.of(record(evaluation)));
            final Optional<Promotion> best = promotion(evaluation, checkpoint);
            best.ifPresent(promotion -> records.add(
                    EventSink.record(topics.promotions(), promotion.getRun() + "/" + promotion.getMetric(), promotion)));
            return sink.sendAll(records).then(Mono.fromRunnable(() -> {
                remember(evaluation);
                best.ifPresent(promotion -> bestByRun.put(promotion.getRun(), promotion.getValue()));
            }));
        });
    }

    /** Publishes an evaluation that belongs to no checkpoint. */
    Mono<Void> publish(Evaluation evaluation) {
        return Mono.defer(() -> sink.sendAll(List.of(record(evaluation))).then(Mono.fromRunnable(() -> remember(evaluation))));
    }

    /** Sets a checkpoint aside. */
    Mono<Void> reject(CheckpointReady checkpoint, String reason) {
        return reject(topics.checkpoints(), EvaluationKey.of(checkpoint), checkpoint.getUri(), reason);
    }

    /** Sets events aside that cannot be read; never blocks the reading thread. */
    Undecodable undecodable(String topic) {
        return (key, where, reason) -> reject(topic, key, where, reason)
                .subscribe(sent -> {
                }, failed -> LOG.warn("rejected {} {} could not be published: {}", key, where, failed.toString()));
    }

    private Mono<Void> reject(String topic, String what, String where, String reason) {
        LOG.warn("rejected {} {}: {}", topic, what, reason);
        return rejections.send(topics.rejected(), SOURCE + topic, Rejected.newBuilder().setSource(SOURCE + topic).setWhat(what)
                .setWhere(where).setReason(reason).setAt(Instant.now()).build());
    }

    private ProducerRecord<byte[], byte[]> record(Evaluation evaluation) {
        return EventSink.record(topics.evaluations(), EvaluationKey.of(evaluation), evaluation);
    }

    private Optional<Promotion> promotion(Evaluation evaluation, CheckpointReady checkpoint) {
        final double best = bestByRun.getOrDefault(evaluation.getRun(), Double.NEGATIVE_INFINITY);
        return Optional.of(evaluation).filter(knn -> knn.getSuite().equals(KnnSuite.NAME))
                .map(knn -> knn.getMetrics().get(KnnSuite.TOP1)).filter(top1 -> top1 > best)
                .map(top1 -> Promotion.newBuilder().setRun(evaluation.getRun()).setMetric(PROMOTED_BY)
                        .setStep(evaluation.getStep()).setValue(top1).setUri(checkpoint.getUri())
                        .setSha256(checkpoint.getSha256())
                        .setAt(Instant.now()).build());
    }

    private void remember(Evaluation evaluation) {
        checkpointByEvaluation.put(EvaluationKey.of(evaluation), evaluation.getCheckpointSha256());
    }

    @Override
    public void close() {
        sink.close();
        rejections.close();
    }
}
