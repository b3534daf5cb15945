package retort.evaluator;

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
import retort.evaluator.suite.KnnSuite;
import retort.kafka.Broker;
import retort.kafka.Keys;
import retort.kafka.RecordSink;
import retort.kafka.Topics;
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
    private static final String SERVICE = "evaluator";
    private static final long IN_FLIGHT_BYTES = 1 << 20;

    private final RecordSink sink;
    private final RecordSink rejections;
    private final Topics topics;
    private final Map<String, String> checkpointByEvaluation = new ConcurrentHashMap<>();
    private final Map<String, Double> bestByRun = new ConcurrentHashMap<>();

    private EvaluationLedger(RecordSink sink, RecordSink rejections, Topics topics) {
        this.sink = sink;
        this.rejections = rejections;
        this.topics = topics;
    }

    /** Blocks until older evaluators of this id are fenced and the topics are read. */
    static EvaluationLedger open(Broker broker, String id) {
        final RecordSink sink = broker.transactionalSink("evaluator." + id, IN_FLIGHT_BYTES);
        final EvaluationLedger ledger = new EvaluationLedger(sink, broker.sink("evaluator-rejected", IN_FLIGHT_BYTES),
                broker.topics());
        try {
            ledger.read(ledger.rejecting(broker));
            return ledger;
        } catch (RuntimeException e) {
            ledger.close();
            throw e;
        }
    }

    private void read(Broker broker) {
        broker.table(topics.evaluations()).values().forEach(this::remember);
        broker.table(topics.promotions()).values().stream().filter(promotion -> promotion.getMetric().equals(PROMOTED_BY))
                .forEach(promotion -> bestByRun.put(promotion.getRun(), promotion.getValue()));
    }

    /** Whether {@code suite} has scored these very weights under these settings. */
    boolean has(String run, long step, String suite, String settingsHash, String checkpointSha256) {
        return checkpointSha256.equals(checkpointByEvaluation.get(Keys.evaluation(run, step, suite, settingsHash)));
    }

    /** Publishes, in one transaction with the run's promotion where this is its best checkpoint so far. */
    Mono<Void> publish(Evaluation evaluation, CheckpointReady checkpoint) {
        return Mono.defer(() -> {
            final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(List.of(record(evaluation)));
            final Optional<Promotion> best = promotion(evaluation, checkpoint);
            best.ifPresent(promotion -> records.add(
                    topics.promotions().record(promotion)));
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
        final String what = Keys.checkpoint(checkpoint.getRun(), checkpoint.getStep());
        LOG.warn("rejected {}: {}", what, reason);
        return rejections.send(topics.rejected(), Rejected.newBuilder().setSource(SERVICE + "/" + topics.checkpoints().name())
                .setWhat(what).setWhere(checkpoint.getUri()).setReason(reason).setAt(Instant.now()).build());
    }

    /** {@code broker}, publishing events that it cannot decode to {@code rejected} by this ledger's sink. */
    Broker rejecting(Broker broker) {
        return broker.rejectingTo(rejections, SERVICE);
    }

    private ProducerRecord<byte[], byte[]> record(Evaluation evaluation) {
        return topics.evaluations().record(evaluation);
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
        checkpointByEvaluation.put(topics.evaluations().key().apply(evaluation), evaluation.getCheckpointSha256());
    }

    @Override
    public void close() {
        sink.close();
        rejections.close();
    }
}
