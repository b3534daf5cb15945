package retort.kafka;

import com.typesafe.config.Config;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import retort.codec.EventCodec;
import retort.codec.SchemaIds;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.record.IngestPosition;
import retort.record.Picture;
import retort.record.Promotion;
import retort.record.RawImage;
import retort.record.Rejected;
import retort.record.Stream;
import retort.record.TrainingProgress;
import retort.registry.RegistrySettings;
import retort.registry.SchemaRegistry;
import retort.settings.Section;

/**
 * The table of topics: name, value, key, and how long records are kept. Every topic of the contract is made here and nowhere else.
 * Immutable, so any thread may use it.
 *
 * @param prefix begins the name of every topic, {@code retort.} by default; may be empty
 * @param forgotten ids of topics that were deleted and made again; positions that were saved for them no longer count
 * @param registry the schema registry for the Confluent framing of events; empty for Avro's single-object encoding
 * @param mirrored true if evaluations are also written as JSON, to {@link #evaluationsJson}
 */
public record Topics(String prefix, Set<String> forgotten, Optional<SchemaIds> registry, boolean mirrored) {
    public static final Topics DEFAULT = new Topics("retort.");

    private static final EventCodec<Stream> STREAM = EventCodec.of(Stream.class);
    private static final EventCodec<IngestPosition> POSITION = EventCodec.of(IngestPosition.class);
    private static final EventCodec<TrainingProgress> PROGRESS = EventCodec.of(TrainingProgress.class);
    private static final EventCodec<CheckpointReady> CHECKPOINT = EventCodec.of(CheckpointReady.class);
    private static final EventCodec<Evaluation> EVALUATION = EventCodec.of(Evaluation.class);
    private static final EventCodec<Picture> PICTURE = EventCodec.of(Picture.class);
    private static final EventCodec<Promotion> PROMOTION = EventCodec.of(Promotion.class);
    private static final EventCodec<Rejected> REJECTED = EventCodec.of(Rejected.class);
    private static final EventCodec<RawImage> RAW_IMAGE = EventCodec.of(RawImage.class);

    private static final Kept LATEST = new Kept.LatestOfEachKey();

    public Topics {
        forgotten = Set.copyOf(forgotten);
    }

    public Topics(String prefix) {
        this(prefix, Set.of());
    }

    /** The table without a schema registry. */
    public Topics(String prefix, Set<String> forgotten) {
        this(prefix, forgotten, Optional.empty(), false);
    }

    /** Reads everything under {@code topics} and {@code schema-registry}. */
    static Topics from(Config whole) {
        return new Topics(whole.getString("topics.prefix"), Set.copyOf(whole.getStringList("topics.forgotten")),
                RegistrySettings.from(whole).map(SchemaRegistry::new), Section.of(whole, "topics").bool("evaluations-json"));
    }

    /** Descriptions of streams. Key: the stream's name. */
    public Topic<Stream> streams() {
        return topic("streams", STREAM, Stream::getName, LATEST);
    }

    /** The position of ingest in every partition of every stream. Key: stream/partition. */
    public Topic<IngestPosition> positions() {
        return topic("positions", POSITION, at -> Keys.position(at.getStream(), at.getPartition()), LATEST);
    }

    /** Progress of training runs, several times a lease. Key: the run. */
    public Topic<TrainingProgress> progress() {
        return topic("progress", PROGRESS, TrainingProgress::getRun, new Kept.For(Duration.ofDays(7)));
    }

    /** Checkpoints that are completely written and can be loaded. Key: run/step. */
    public Topic<CheckpointReady> checkpoints() {
        return topic("checkpoints", CHECKPOINT, saved -> Keys.checkpoint(saved.getRun(), saved.getStep()), LATEST);
    }

    /** Scores of checkpoints. Key: run/step/suite/settings hash. */
    public Topic<Evaluation> evaluations() {
        return topic("evaluations", EVALUATION,
                scored -> Keys.evaluation(scored.getRun(), scored.getStep(), scored.getSuite(), scored.getSettingsHash()),
                LATEST);
    }

    /** Evaluations as JSON text, for tools without Avro. Key: as in {@link #evaluations}. Empty unless the settings ask for it. */
    public Optional<String> evaluationsJson() {
        return mirrored ? Optional.of(prefix + "evaluations.json") : Optional.empty();
    }

    /**
     * The record of {@link #evaluationsJson} that belongs to a record of {@link #evaluations} with the same key, for the same transaction.
     *
     * @param json the evaluation; empty for a tombstone
     */
    public Optional<ProducerRecord<byte[], byte[]>> mirror(String key, Optional<String> json) {
        return evaluationsJson().map(name -> new ProducerRecord<>(name, 0, key.getBytes(StandardCharsets.UTF_8),
                json.map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null)));
    }

    /** Pictures of checkpoints, each below 1 MiB. Key: run/step/suite. */
    public Topic<Picture> pictures() {
        return topic("pictures", PICTURE, made -> Keys.picture(made.getRun(), made.getStep(), made.getSuite()), LATEST);
    }

    /** The best checkpoint of each run by one metric. Key: run/metric. */
    public Topic<Promotion> promotions() {
        return topic("promotions", PROMOTION, best -> best.getRun() + "/" + best.getMetric(), LATEST);
    }

    /** Everything that was rejected, with the reason. Key: the source. */
    public Topic<Rejected> rejected() {
        return topic("rejected", REJECTED, Rejected::getSource, new Kept.For(Duration.ofDays(30)));
    }

    /** All event topics. */
    public List<Topic<?>> events() {
        return List.of(streams(), positions(), progress(), checkpoints(), evaluations(), pictures(), promotions(), rejected());
    }

    /** Registers the schema of every event topic. Blocks. Does nothing without a registry. */
    void register() {
        events().forEach(topic -> topic.codec().register());
    }

    /** The codec for the records of a raw topic that are no plain images. The topic's name has the prefix. */
    public EventCodec<RawImage> rawImages(String topic) {
        return in(topic, RAW_IMAGE);
    }

    /**
     * Name of the topic of a stream's pixel batches. Value: ImageBatch, read and written by {@link retort.codec.ImageBatchView} and
     * {@link retort.codec.ImageBatchWriter}. No key: {@link StreamRecords} computes the partition from the sequence. Kept by size.
     */
    public String images(String stream) {
        return prefix + "images." + stream;
    }

    /** Name of a topic of encoded images that any program may write. Retort only reads it; its owner decides how long records are kept. */
    public String raw(String source) {
        return prefix + "raw." + source;
    }

    /** The event topics and the mirror, as the contract needs them. */
    List<WantedTopic> wanted() {
        return java.util.stream.Stream.concat(events().stream().map(WantedTopic::events),
                evaluationsJson().stream().map(name -> WantedTopic.events(name, LATEST))).toList();
    }

    private <T extends SpecificRecord> Topic<T> topic(String name, EventCodec<T> codec,
            java.util.function.Function<T, String> key,
            Kept kept) {
        return new Topic<>(prefix + name, in(prefix + name, codec), key, kept);
    }

    /** The subject is Confluent's TopicNameStrategy: the topic and {@code -value}. */
    private <T extends SpecificRecord> EventCodec<T> in(String topic, EventCodec<T> codec) {
        return registry.map(ids -> codec.in(ids, topic + "-value")).orElse(codec);
    }
}
