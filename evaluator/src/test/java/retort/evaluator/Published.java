package retort.evaluator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import retort.broker.EmbeddedBroker;
import retort.codec.ImageBatchWriter;
import retort.codec.UndecodableException;
import retort.digest.FileDigest;
import retort.kafka.Broker;
import retort.kafka.Keys;
import retort.kafka.RecordSink;
import retort.kafka.StreamRecords;
import retort.kafka.StreamRegistry;
import retort.kafka.Topic;
import retort.kafka.Topics;
import retort.random.CounterRandom;
import retort.record.Architecture;
import retort.record.CheckpointReady;
import retort.record.Stream;
import retort.trainer.model.DecoderShape;
import retort.trainer.model.Initialization;
import retort.trainer.model.Parameter;
import retort.trainer.model.Parameters;
import retort.trainer.model.VitShape;
import retort.trainer.weights.SafeTensors;

/** Publishes to a real broker the same records as ingest and a trainer, under a topic prefix of its own. */
final class Published implements AutoCloseable {
    static final VitShape SHAPE = new VitShape(8, 2, 1, 16, 2, 2);
    static final DecoderShape DECODER = new DecoderShape(8, 1, 2);
    static final List<String> CLASS_NAMES = List.of("top", "middle", "bottom");
    static final int CLASSES = 3;
    /** Selects, by sample id, the images that have no label. */
    LongPredicate unlabelled = id -> false;
    private static final int IMAGES_PER_RECORD = 7;
    private static final int RECORDS_AT_ONCE = 500;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    final Broker broker;
    final Topics topics;
    private final Path directory;
    private final RecordSink sink;
    private final StreamRegistry registry;

    Published(EmbeddedBroker server, Path directory) {
        this.broker = Broker.at(server.bootstrapServers(), "e" + PREFIXES.incrementAndGet() + ".").onUndecodable(
                (topic, key, where, reason) -> {
                    throw new AssertionError(where + ": " + reason);
                });
        this.topics = this.broker.topics();
        this.directory = directory;
        this.broker.ensureEventTopics();
        this.sink = this.broker.sink("published", 1 << 20);
        this.registry = this.broker.streams();
    }

    /** Publishes the complete streams val (30 images) and probe (60 images). */
    Published streams() {
        complete(stream("val", 30, 1000));
        complete(stream("probe", 60, 0));
        return this;
    }

    /** Publishes a stream in two partitions that is not complete yet. The class of an image is visible as a bright stripe. */
    Stream stream(String name, int images, long firstId) {
        return stream(name, images, firstId, CLASS_NAMES);
    }

    /** Publishes a stream with only these classes, numbered in this order. Image N has class N modulo their number. */
    Stream stream(String name, int images, long firstId, List<String> classNames) {
        final Stream stream = registry.publish(Stream.newBuilder().setName(name).setSource("test").setRecipe("none").setSeed(0)
                .setChannels(1).setHeight(SHAPE.image()).setWidth(SHAPE.image()).setMean(List.of(0.3)).setStd(List.of(0.2))
                .setClassNames(classNames).setSamplesPerEpoch((long) images)
                .setImagesPerRecord(IMAGES_PER_RECORD).setPartitions(2).setSettingsHash("hash of " + name)
                .setCreatedAt(Instant.now()).build());
        broker.ensureImages(name, 2, -1, 1 << 20);
        final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int first = 0; first < images; first += IMAGES_PER_RECORD)
            records.add(record(stream, records.size(), firstId + first, Math.min(IMAGES_PER_RECORD, images - first)));
        for (int from = 0; from < records.size(); from += RECORDS_AT_ONCE)
            sink.sendAll(records.subList(from, Math.min(records.size(), from + RECORDS_AT_ONCE))).block(TIMEOUT);
        return stream;
    }

    void complete(Stream stream) {
        registry.complete(stream, Math.ceilDiv(stream.getSamplesPerEpoch(), IMAGES_PER_RECORD) - 1);
    }

    private ProducerRecord<byte[], byte[]> record(Stream stream, long sequence, long firstId, int count) {
        final long[] ids = new long[count];
        final int[] labels = new int[count];
        final int[] classes = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = firstId + i;
            classes[i] = (int) (ids[i] % stream.getClassNames().size());
            labels[i] = unlabelled.test(ids[i]) ? -1 : classes[i];
        }
        final ImageBatchWriter writer = ImageBatchWriter.begin(stream.getName(), 0, sequence, SHAPE.image(), SHAPE.image(), 1,
                labels, ids);
        for (int i = 0; i < count; i++)
            System.arraycopy(pixels(ids[i], CLASS_NAMES.indexOf(stream.getClassNames().get(classes[i]))), 0, writer.array(),
                    writer.pixelOffset(i), SHAPE.image() * SHAPE.image());
        return StreamRecords.record(topics, stream.getName(), stream.getPartitions(), sequence, writer.finish());
    }

    static byte[] pixels(long id, int label) {
        final CounterRandom random = CounterRandom.of(7, "pixels", 0, id);
        final byte[] pixels = new byte[SHAPE.image() * SHAPE.image()];
        for (int i = 0; i < pixels.length; i++)
            pixels[i] = (byte) (random.nextInt(40) + (i / SHAPE.image() / 3 == label ? 180 : 40));
        return pixels;
    }

    /** Writes weights that are drawn from {@code seed} and announces them. */
    CheckpointReady checkpoint(String run, long step, long seed) {
        return announce(saved(run, step, seed));
    }

    CheckpointReady saved(String run, long step, long seed) {
        try {
            final List<Parameter> parameters = new ArrayList<>(Parameters.encoder(SHAPE));
            parameters.addAll(Parameters.decoder(SHAPE, DECODER));
            final Path file = Files.createDirectories(directory.resolve(run)).resolve("step-" + step + ".safetensors");
            final FileDigest digest = SafeTensors.write(file, Initialization.draw(parameters, seed), Map.of());
            return CheckpointReady.newBuilder().setRun(run).setStep(step).setSteps(100).setStream("train")
                    .setUri(file.toUri().toString()).setSha256(digest.sha256()).setBytes(digest.bytes())
                    .setObjective("pretrain").setArchitecture(architecture(SHAPE)).setNormPix(true).setMaskRatio(0.75)
                    .setNextSequence(0).setAt(Instant.now()).build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Architecture architecture(VitShape shape) {
        return Architecture.newBuilder().setImage(shape.image()).setPatch(shape.patch()).setChannels(shape.channels())
                .setWidth(shape.width()).setDepth(shape.depth()).setHeads(shape.heads()).setDecoderWidth(DECODER.width())
                .setDecoderDepth(DECODER.depth()).setDecoderHeads(DECODER.heads()).build();
    }

    CheckpointReady announce(CheckpointReady checkpoint) {
        sink.send(topics.checkpoints(), checkpoint).block(TIMEOUT);
        return checkpoint;
    }

    void delete(CheckpointReady checkpoint) throws IOException {
        Files.delete(Path.of(URI.create(checkpoint.getUri())));
        sink.sendAll(List.of(topics.checkpoints().tombstone(Keys.checkpoint(checkpoint.getRun(), checkpoint.getStep()))))
                .block(TIMEOUT);
    }

    /** Deletes the events of a run, as {@code retort train --forget} does: the evaluations first, and the checkpoints last. */
    void forget(String run) {
        final List<ProducerRecord<byte[], byte[]>> tombstones = new ArrayList<>();
        broker.table(topics.evaluations()).forEach((key, evaluation) -> {
            if (evaluation.getRun().equals(run))
                tombstones.add(topics.evaluations().tombstone(key));
        });
        broker.table(topics.checkpoints()).forEach((key, checkpoint) -> {
            if (checkpoint.getRun().equals(run))
                tombstones.add(topics.checkpoints().tombstone(key));
        });
        sink.sendAll(tombstones).block(TIMEOUT);
    }

    /** Every committed record of a topic up to its present end, including records that a later one with the same key has replaced. */
    <T extends SpecificRecord> List<T> all(Topic<T> topic) {
        broker.keys(topic); // waits for the markers of the present transactions, which a commit does not wait for
        final TopicPartition only = new TopicPartition(topic.name(), 0);
        final List<T> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                broker.kafka().with(Map.of("isolation.level", "read_committed")), new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(only));
            consumer.seekToBeginning(List.of(only));
            final long end = consumer.endOffsets(List.of(only)).get(only);
            while (consumer.position(only) < end)
                for (final ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100)))
                    if (record.value() != null)
                        all.add(topic.codec().decode(record.value()));
        } catch (UndecodableException e) {
            throw new AssertionError(e);
        }
        return all;
    }

    @Override
    public void close() {
        sink.close();
    }
}
