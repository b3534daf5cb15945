package retort.evaluator.page;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import java.util.ArrayList;
import java.util.stream.LongStream;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import retort.broker.SharedBroker;
import retort.kafka.Broker;
import retort.kafka.RecordSink;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.Picture;
import retort.record.Promotion;
import retort.record.Rejected;
import retort.record.RunState;
import retort.record.Stream;
import retort.record.TrainingProgress;
import retort.settings.Settings;

/** Publishes the records of a run to a real broker, under topics of its own. */
final class TopicRecords implements AutoCloseable {
    static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final String prefix = SharedBroker.freshPrefix();
    private final Broker broker = Broker.at(SharedBroker.bootstrapServers(), prefix);
    private final RecordSink sink;
    private final Path checkpoints;

    TopicRecords(Path checkpoints) {
        this.checkpoints = checkpoints;
        broker.ensureEventTopics();
        this.sink = broker.sink("records", 8 << 20);
    }

    /** Settings with a page on a free port of loopback. */
    Config settings(String more) {
        return Settings.over(ConfigFactory.parseString(more).withFallback(ConfigFactory.parseMap(Map.of(
                "kafka.bootstrap.servers", SharedBroker.bootstrapServers(), "topics.prefix", prefix, "page.enabled", true,
                "page.address", "127.0.0.1:0", "trainer.checkpoints", checkpoints.toString()))));
    }

    /** Progress at the steps from {@code first} to {@code last}, whose loss is 1/step. */
    void progress(String run, long first, long last) {
        final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        LongStream.rangeClosed(first, last).forEach(step -> records.add(broker.topics().progress()
                .record(TrainingProgress.newBuilder().setRun(run).setStream("train").setState(RunState.TRAINING).setStep(step)
                        .setSteps(10_000).setBatch(64).setNextSequence(step).setSavedSequence(0).setEpoch(step / 100.0)
                        .setLosses(Map.of("total", 1.0 / step)).setLearningRate(0.001).setImagesPerSecond(900)
                        .setWaitingShare(0.01).setLeaseMillis(30_000).setAt(AT.plusSeconds(step)).build())));
        for (int from = 0; from < records.size(); from += 1000)
            sink.sendAll(records.subList(from, Math.min(from + 1000, records.size()))).block(TIMEOUT);
    }

    void checkpoint(String run, long step) {
        sink.send(broker.topics().checkpoints(), CheckpointReady.newBuilder().setRun(run).setStep(step).setSteps(10_000)
                .setStream("train").setUri("file:/weights").setSha256("ab").setBytes(1).setObjective("distill")
                .setArchitecture(Architecture.newBuilder().setImage(28).setPatch(4).setChannels(1).setWidth(48).setDepth(4)
                        .setHeads(2).build())
                .setTeacher("https://user:secret@host/teacher").setNextSequence(step).setAt(AT).build()).block(TIMEOUT);
    }

    void evaluation(String run, long step, String suite, double top1) {
        sink.send(broker.topics().evaluations(), Evaluation.newBuilder().setRun(run).setStep(step).setSuite(suite)
                .setSettingsHash("hash").setMetrics(Map.of("top1", top1, "loss", Double.NaN)).setImages(2000)
                .setDurationMillis(10).setCheckpointSha256("ab").setObjective(run.equals("raw-pixels") ? "none" : "distill")
                .setStream("val").setAt(AT).build()).block(TIMEOUT);
    }

    /** Publishes that a suite passes a checkpoint over. */
    void passedOver(String run, long step, String suite) {
        sink.send(broker.topics().evaluations(), Evaluation.newBuilder().setRun(run).setStep(step).setSuite(suite)
                .setSettingsHash("hash").setMetrics(Map.of()).setImages(0).setDurationMillis(0).setCheckpointSha256("ab")
                .setObjective("distill").setStream("val").setAt(AT).setPassedOver("not the last of its run").build())
                .block(TIMEOUT);
    }

    void picture(String run, long step, byte[] png) {
        sink.send(broker.topics().pictures(), Picture.newBuilder().setRun(run).setStep(step).setSuite("reconstruction")
                .setSettingsHash("hash").setCheckpointSha256("ab").setStream("val").setSampleIds(List.of(1L, 2L))
                .setRows(List.of("original", "masked")).setWidth(64).setHeight(64).setPng(ByteBuffer.wrap(png)).setAt(AT).build())
                .block(TIMEOUT);
    }

    void others() {
        sink.send(broker.topics().promotions(), Promotion.newBuilder().setRun("student").setMetric("knn.top1").setStep(20)
                .setValue(0.7).setUri("file:/weights").setSha256("ab").setAt(AT).build()).block(TIMEOUT);
        sink.send(broker.topics().streams(), Stream.newBuilder().setName("train").setSource("folder:/data").setRecipe("none")
                .setSeed(0).setChannels(1).setHeight(28).setWidth(28).setMean(List.of(0.3)).setStd(List.of(0.2))
                .setClassNames(List.of("a", "b")).setImagesPerRecord(64).setPartitions(1).setSettingsHash("hash")
                .setCreatedAt(AT).build()).block(TIMEOUT);
        for (int i = 0; i < 3; i++)
            sink.send(broker.topics().rejected(), Rejected.newBuilder().setSource("ingest/folder:/data").setStream("train")
                    .setWhat("image " + i).setWhere("/data/" + i + ".jpg").setReason("no image: byte " + i + " is wrong")
                    .setAt(AT).build()).block(TIMEOUT);
    }

    @Override
    public void close() {
        sink.close();
    }
}
