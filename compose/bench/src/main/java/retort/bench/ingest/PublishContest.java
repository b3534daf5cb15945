package retort.bench.ingest;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.tools.ProducerPerformance;
import retort.bench.BenchException;
import retort.console.StatusLine;
import retort.ingest.IngestService;
import retort.kafka.Broker;
import retort.kafka.KafkaSettings;
import retort.kafka.Topics;
import retort.settings.Settings;

/**
 * Measures the whole ingest service, with its transactions and positions, against Kafka's own producer performance tool and against a
 * bare producer. The tool draws every byte of every record; the bare producer sends one payload again and again. All of them use
 * acks=all and write records of one size to one partition, from this process, in turns. {@link LogRuler} measures the broker's log.
 */
final class PublishContest {
    private static final int SIDE = 224;
    /** Number of images, each of one channel. 20 images make a record just below 1 MiB, the size that ingest chooses by default. */
    private static final int IMAGES = 1200;
    private static final int IMAGES_PER_RECORD = 20;
    private static final int EPOCHS = 6;
    private static final int RECORDS = IMAGES / IMAGES_PER_RECORD * EPOCHS;
    private static final int RECORD_BYTES = IMAGES_PER_RECORD * SIDE * SIDE;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final String broker;
    private final int rounds;

    PublishContest(String broker, int rounds) {
        this.broker = broker;
        this.rounds = rounds;
    }

    record Result(Rates ingest, Rates tool, Rates producer) {
        /** Bytes of each record. */
        int recordBytes() {
            return RECORD_BYTES;
        }
    }

    /** Runs all turns. @return rates in MB/s, without the first turn of each contestant */
    Result run() {
        final Result result = new Result(new Rates(), new Rates(), new Rates());
        try {
            final Path folder = Files.createTempDirectory("retort-bench-");
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
                images(folder);
                final String run = "bench" + ProcessHandle.current().pid() + ".";
                for (int round = 0; round <= rounds; round++) {
                    final double ingest = ingest(admin, folder, run + round + ".");
                    final double tool = tool(admin, run + "tool" + round + ".");
                    final double producer = producer(admin, run + "raw" + round + ".");
                    if (round > 0) {
                        result.ingest.add(1, ingest);
                        result.tool.add(1, tool);
                        result.producer.add(1, producer);
                    }
                }
            } finally {
                for (final String name : List.of("bench-images-idx3-ubyte", "bench-labels-idx1-ubyte"))
                    Files.deleteIfExists(folder.resolve(name));
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new BenchException("the images to publish cannot be written: " + e);
        }
        return result;
    }

    private double ingest(Admin admin, Path folder, String prefix) {
        final Map<String, Object> given = new HashMap<>(Map.of("topics.prefix", prefix,
                "kafka.bootstrap.servers", broker, "ingest.source", "idx:" + folder.resolve("bench"),
                "ingest.streams", List.of("train"), "ingest.image", SIDE, "ingest.channels", 1,
                "ingest.recipe.name", "none", "ingest.epochs", EPOCHS, "ingest.max-ahead", IMAGES * EPOCHS * 2));
        given.put("ingest.images-per-record", IMAGES_PER_RECORD);
        final Config settings = Settings.over(ConfigFactory.parseMap(given));
        try (LogRuler ruler = new LogRuler(admin, new Topics(prefix).images("train"), (long) RECORDS * RECORD_BYTES);
                IngestService service = IngestService.start(settings, StatusLine.SILENT)) {
            service.done().block(TIMEOUT);
            return ruler.megabytesPerSecond();
        } finally {
            delete(admin, prefix);
        }
    }

    private double tool(Admin admin, String prefix) {
        final String topic = topic(prefix);
        final PrintStream out = System.out;
        try (LogRuler ruler = new LogRuler(admin, topic, (long) RECORDS * RECORD_BYTES);
                PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            System.setOut(quiet); // the tool prints a line every few seconds
            ProducerPerformance.main(new String[]{"--topic", topic, "--num-records", String.valueOf(RECORDS), "--record-size",
                    String.valueOf(RECORD_BYTES), "--throughput", "-1", "--producer-props", "bootstrap.servers=" + broker,
                    "acks=all",
                    "max.request.size=" + (RECORD_BYTES + 65536)});
            return ruler.megabytesPerSecond();
        } catch (Exception e) { // ProducerPerformance.main declares it
            throw new BenchException("Kafka's producer performance tool failed: " + e);
        } finally {
            System.setOut(out);
            delete(admin, prefix);
        }
    }

    private String topic(String prefix) {
        final Broker at = Broker.at(broker, prefix);
        at.ensureImages("train", 1, -1, RECORD_BYTES + 4096);
        return at.topics().images("train");
    }

    private double producer(Admin admin, String prefix) {
        final KafkaSettings kafka = KafkaSettings.of(broker);
        final String topic = topic(prefix);
        final byte[] payload = new byte[RECORD_BYTES];
        new Random(0).nextBytes(payload);
        try (LogRuler ruler = new LogRuler(admin, topic, (long) RECORDS * RECORD_BYTES);
                Producer<byte[], byte[]> producer = new KafkaProducer<>(
                        kafka.with(Map.of(ProducerConfig.ACKS_CONFIG, "all",
                                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, RECORD_BYTES + 65536)),
                        new ByteArraySerializer(), new ByteArraySerializer())) {
            Future<?> sent = CompletableFuture.completedFuture(null);
            for (int i = 0; i < RECORDS; i++)
                sent = producer.send(new ProducerRecord<>(topic, payload));
            sent.get();
            return ruler.megabytesPerSecond();
        } catch (ExecutionException e) {
            throw new BenchException("the bare producer failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while publishing");
        } finally {
            delete(admin, prefix);
        }
    }

    private static void delete(Admin admin, String prefix) {
        try {
            final List<String> own = admin.listTopics().names().get().stream().filter(name -> name.startsWith(prefix)).toList();
            admin.deleteTopics(own).all().get();
        } catch (ExecutionException e) {
            throw new BenchException("the benchmark's topics " + prefix + "* could not be deleted: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void images(Path folder) throws IOException {
        final Random random = new Random(0);
        final byte[] image = new byte[SIDE * SIDE];
        try (DataOutputStream pixels = open(folder.resolve("bench-images-idx3-ubyte"));
                DataOutputStream labels = open(folder.resolve("bench-labels-idx1-ubyte"))) {
            for (final int word : new int[]{0x803, IMAGES, SIDE, SIDE})
                pixels.writeInt(word);
            for (final int word : new int[]{0x801, IMAGES})
                labels.writeInt(word);
            for (int i = 0; i < IMAGES; i++) {
                random.nextBytes(image);
                pixels.write(image);
                labels.writeByte(i % 10);
            }
        }
    }

    private static DataOutputStream open(Path file) throws IOException {
        return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    }
}
