package retort.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kafbat.ui.serde.api.DeserializeResult;
import io.kafbat.ui.serde.api.RecordHeader;
import io.kafbat.ui.serde.api.RecordHeaders;
import io.kafbat.ui.serde.api.Serde;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import retort.codec.EventCodec;
import retort.codec.ImageBatchWriter;
import retort.codec.SchemaIds;
import retort.record.Evaluation;

/** The serde through kafka-ui's interface, on bytes that Retort's own codec has written. */
class RetortSerdeTest {
    private static final EventCodec<Evaluation> CODEC = EventCodec.of(Evaluation.class);
    private static final Evaluation EVALUATION = Evaluation.newBuilder().setRun("r").setStep(7).setSuite("knn")
            .setSettingsHash("h")
            .setMetrics(Map.of("top1", 0.5)).setImages(10).setDurationMillis(3).setCheckpointSha256("s").setObjective("distill")
            .setStream("val").setAt(Instant.ofEpochMilli(7)).build();

    private final Serde serde = new RetortSerde();

    @Test
    void showsBothFramingsAsJson() throws Exception {
        final EventCodec<Evaluation> framed = CODEC.in(new SchemaIds() {
            @Override
            public int id(String subject, Schema schema) {
                return 41;
            }

            @Override
            public Schema schema(int id) {
                throw new AssertionError("no registry is asked");
            }
        }, "s");

        assertThat(json(CODEC.encode(EVALUATION), List.of())).isEqualTo(json(framed.encode(EVALUATION),
                List.of(header("other", new byte[]{1}), header(EventCodec.FINGERPRINT, framed.fingerprint().orElseThrow()))));
        assertThat(json(CODEC.encode(EVALUATION), List.of()).at("/metrics/top1").asDouble()).isEqualTo(0.5);
        assertThat(serde.canDeserialize("any", Serde.Target.VALUE)).isTrue();
        assertThat(serde.canDeserialize("any", Serde.Target.KEY)).isFalse();
        assertThat(serde.canSerialize("any", Serde.Target.VALUE)).isFalse();
    }

    @Test
    void pixelsAreANumber() throws Exception {
        final byte[] batch = ImageBatchWriter.begin("train", 0, 3, 4, 4, 1, new int[]{1}, new long[]{9}).finish();
        assertThat(json(batch, List.of()).path("pixels").asInt()).isEqualTo(16);
        assertThat(json(batch, List.of()).path("sequence").asInt()).isEqualTo(3);
    }

    @Test
    void bytesThatAreNoRecordEndInOneKindOfError() {
        final byte[] good = CODEC.encode(EVALUATION);
        final Random random = new Random(3);
        for (int i = 0; i < 3000; i++) {
            final byte[] bytes = Arrays.copyOf(good, 1 + random.nextInt(good.length));
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                assertThat(deserialize(bytes, List.of()).getResult()).startsWith("{");
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("bytes that are no");
            }
        }
        assertThatThrownBy(() -> deserialize(new byte[]{0, 0, 0, 0, 7, 1}, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A schema that is added to the contract must be added here, too. */
    @Test
    void knowsEverySchemaOfTheContract() throws Exception {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("retort.root"), "schemas", "src", "main", "avro"))) {
            for (final Path file : files.toList())
                assertThat(RetortSerde.class.getResource("present/" + file.getFileName())).as(file.toString()).isNotNull();
        }
        assertThat(Files.readString(Path.of(System.getProperty("retort.root"), "compose", "serde", "src", "main", "java",
                "retort",
                "serde", "RetortSerde.java"))).contains(
                        Stream.of(Path.of(System.getProperty("retort.root"), "schemas", "src", "main", "avro").toFile().list())
                                .map(name -> '"' + name.replace(".avsc", "") + '"').toList());
    }

    private JsonNode json(byte[] value, List<RecordHeader> headers) throws Exception {
        final DeserializeResult result = deserialize(value, headers);
        assertThat(result.getType()).isEqualTo(DeserializeResult.Type.JSON);
        return new ObjectMapper().readTree(result.getResult());
    }

    private DeserializeResult deserialize(byte[] value, List<RecordHeader> headers) {
        return serde.deserializer("topic", Serde.Target.VALUE).deserialize(new RecordHeaders() {
            @Override
            public Iterator<RecordHeader> iterator() {
                return headers.iterator();
            }
        }, value);
    }

    private static RecordHeader header(String key, byte[] value) {
        return new RecordHeader() {
            @Override
            public String key() {
                return key;
            }

            @Override
            public byte[] value() {
                return value;
            }
        };
    }
}
