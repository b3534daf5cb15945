package retort.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.SharedBroker;
import retort.kafka.Broker;
import retort.kafka.Event;
import retort.kafka.From;
import retort.kafka.RawPosition;
import retort.kafka.RecordSink;
import retort.kafka.Topic;
import retort.record.Rejected;
import retort.registry.server.ApicurioRegistry;
import retort.registry.server.RegistryServer;
import retort.registry.server.StrictRegistry;
import retort.settings.Settings;

/** Events in both framings on a real broker, with Apicurio Registry where its archive is, and with a strict registry everywhere. */
class FramingTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** The schema of another program: a field more than Rejected has. */
    private static final Schema FOREIGN = SchemaBuilder.record("Rejected").namespace("retort.record").fields()
            .requiredString("source").requiredString("what").requiredString("where").requiredString("reason")
            .name("at").type(Rejected.getClassSchema().getField("at").schema()).noDefault().requiredInt("severity").endRecord();

    private final String prefix = SharedBroker.freshPrefix();

    @Test
    void withApicurioRegistry(@TempDir Path folder) throws Exception {
        assumeTrue(ApicurioRegistry.archive().isPresent(),
                "skipped: no Apicurio Registry in Maven's local repository: " + ApicurioRegistry.FETCH);
        try (RegistryServer registry = ApicurioRegistry.start(folder)) {
            isFramedAndReadWith(registry);
        }
    }

    @Test
    void withAStrictRegistry() throws Exception {
        try (StrictRegistry registry = StrictRegistry.start()) {
            isFramedAndReadWith(registry);
        }
    }

    @Test
    void aSecondStartLooksTheSchemasUpAndWritesNothing() throws Exception {
        try (StrictRegistry registry = StrictRegistry.start()) {
            final Broker first = broker(registry.url());
            first.ensureEventTopics();
            final int topics = first.topics().events().size();
            assertThat(registry.subjects()).as("every event topic, by its name").hasSize(topics)
                    .allSatisfy(subject -> assertThat(subject).startsWith(prefix).endsWith("-value"));
            final int before = registry.requests().size();
            broker(registry.url()).ensureEventTopics();
            assertThat(registry.requests().subList(before, registry.requests().size())).hasSize(topics)
                    .allSatisfy(request -> assertThat(request).startsWith("POST /subjects/").endsWith("-value"));
        }
    }

    private void isFramedAndReadWith(RegistryServer registry) throws Exception {
        final Broker plain = broker("");
        final Broker framed = broker(registry.url());
        framed.ensureEventTopics();
        final Topic<Rejected> topic = framed.topics().rejected();
        final String subject = topic.name() + "-value";
        final byte[] foreign = foreign(registry, subject);
        try (RecordSink sink = framed.sink("framed", 1 << 20)) {
            sink.sendAll(List.of(plain.topics().rejected().record(event("a")), topic.record(event("b")))).block(TIMEOUT);
            sink.sendAll(List.of(record(topic.name(), "c", foreign), record(topic.name(), "d", new byte[]{0, 0x7f, 0, 0, 0, 2}),
                    plain.topics().rejected().record(event("e")), topic.record(event("f")), topic.tombstone("b"))).block(TIMEOUT);
        }

        final List<ConsumerRecord<byte[], byte[]>> records = plain.raw(topic.name(), RawPosition.START, "look", found -> {
        }).take(6).collectList().block(TIMEOUT);
        assertThat(records).extracting(record -> record.value()[0]).containsExactly((byte) 0xC3, (byte) 0, (byte) 0, (byte) 0,
                (byte) 0xC3, (byte) 0);
        assertThat(independently(registry, records.get(1).value()).get("what").toString()).isEqualTo("b");
        assertThat(json(registry.url() + "/config/" + subject).path("compatibilityLevel").asText())
                .isEqualTo("BACKWARD_TRANSITIVE");
        assertThat(json(registry.url() + "/schemas/ids/" + ByteBuffer.wrap(records.get(1).value()).getInt(1)).path("schema")
                .asText())
                .contains("\"doc\"").doesNotContain("avro.java.string");

        final List<String> skipped = new ArrayList<>();
        assertThat(read(framed, skipped)).extracting(Event::key).containsExactly("a", "b", "c", "e", "f", "b");
        assertThat(skipped).singleElement().asString().startsWith("d ").contains("schema id 2130706432",
                "the schema registry has no Avro schema");
        assertThat(framed.onUndecodable((name, key, where, reason) -> {
        }).table(topic).keySet()).containsExactly("a", "c", "e", "f");

        skipped.clear();
        assertThat(read(plain, skipped)).as("without a registry, Retort's own events are read").extracting(Event::key)
                .containsExactly("a", "b", "e", "f", "b");
        assertThat(skipped).hasSize(2).allSatisfy(reason -> assertThat(reason).contains("set schema-registry.url to read it"));

        registry.close();
        final Broker late = broker(registry.url());
        final List<String> found = new ArrayList<>();
        assertThatThrownBy(
                () -> late.follow(late.topics().rejected(), From.EARLIEST, "late").doOnNext(event -> found.add(event.key()))
                        .blockLast(TIMEOUT))
                .isInstanceOf(RegistryException.class).hasMessageContaining(registry.url())
                .hasMessageContaining("schema id");
        assertThat(found).as("own events are read while the registry is away; a foreign one is never passed over")
                .containsExactly("a", "b");
    }

    @Test
    void aSchemaThatAnEarlierOneOfTheSubjectForbidsStopsTheStart() throws Exception {
        try (StrictRegistry registry = StrictRegistry.start()) {
            registry.add(prefix + "rejected-value",
                    SchemaBuilder.record("Rejected").namespace("retort.record").fields().requiredInt("source").endRecord()
                            .toString());
            assertThatThrownBy(broker(registry.url())::ensureEventTopics).isInstanceOf(RegistryException.class)
                    .hasMessageContainingAll(registry.url(), "subject " + prefix + "rejected-value", "does not read",
                            "topics.prefix");
        }
    }

    /** The broker with the settings that a user would give. */
    private Broker broker(String registry) {
        return Broker.from(Settings.load(Optional.empty(), List.of("kafka.bootstrap.servers=" + SharedBroker.bootstrapServers(),
                "topics.prefix=" + prefix, "schema-registry.url=" + registry, "schema-registry.attempts=2")), TIMEOUT);
    }

    private List<Event<Rejected>> read(Broker broker, List<String> skipped) {
        final Broker telling = broker.onUndecodable((name, key, where, reason) -> skipped.add(key + " " + reason));
        return telling.follow(telling.topics().rejected(), From.EARLIEST, "read").takeUntil(event -> event.value() == null)
                .collectList().block(TIMEOUT);
    }

    private static Rejected event(String what) {
        return Rejected.newBuilder().setSource(what).setWhat(what).setWhere("file").setReason("cut")
                .setAt(Instant.ofEpochMilli(5))
                .build();
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String key, byte[] value) {
        return new ProducerRecord<>(topic, 0, key.getBytes(StandardCharsets.UTF_8), value);
    }

    /** A record that another program publishes with a schema of its own. */
    private static byte[] foreign(RegistryServer registry, String subject) throws IOException {
        final int id = post(registry.url() + "/subjects/" + subject + "-elsewhere/versions",
                new ObjectMapper().createObjectNode().put("schema", FOREIGN.toString())).path("id").intValue();
        final GenericData.Record event = new GenericData.Record(FOREIGN);
        Map.of("source", "c", "what", "c", "where", "file", "reason", "cut", "at", 5L, "severity", 3).forEach(event::put);
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(FOREIGN).write(event, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    /** Reads as any Confluent client does: the id, the schema from the registry, Avro. */
    private static GenericRecord independently(RegistryServer registry, byte[] value) throws IOException {
        final Schema schema = new Schema.Parser()
                .parse(json(registry.url() + "/schemas/ids/" + ByteBuffer.wrap(value).getInt(1)).path("schema").asText());
        return new GenericDatumReader<GenericRecord>(schema).read(null,
                DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
    }

    private static JsonNode json(String url) throws IOException {
        try (InputStream in = URI.create(url).toURL().openStream()) {
            return new ObjectMapper().readTree(in);
        }
    }

    private static JsonNode post(String url, JsonNode body) throws IOException {
        final HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/vnd.schemaregistry.v1+json");
        connection.getOutputStream().write(body.toString().getBytes(StandardCharsets.UTF_8));
        try (InputStream in = connection.getInputStream()) {
            return new ObjectMapper().readTree(in);
        }
    }
}
