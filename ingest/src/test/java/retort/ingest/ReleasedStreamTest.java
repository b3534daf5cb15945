package retort.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import retort.console.StatusLine;
import retort.kafka.StreamConflictException;
import retort.settings.Settings;

/**
 * Continues with the present code a stream that a released version began. {@code released/1} holds its settings, as the user wrote them,
 * and its record on the topic {@code streams}, in hexadecimal digits.
 */
class ReleasedStreamTest {
    private static final Path RELEASE = Path.of("src/test/resources/released/1");
    private static final Path DATA = Path.of("target/released-stream");

    private final Streams streams = Streams.fresh();

    @BeforeEach
    void aStreamThatAReleaseBegan() throws Exception {
        Files.createDirectories(DATA);
        IdxFixture.write(DATA, 30, 4);
        streams.broker().ensureEventTopics();
        final byte[] record = HexFormat.of().parseHex(Files.readString(RELEASE.resolve("stream.hex")).replaceAll("\\s", ""));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(streams.kafka().with(Map.of()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(
                    new ProducerRecord<>(streams.topics().streams().name(), "train".getBytes(StandardCharsets.UTF_8), record))
                    .get();
        }
    }

    @Test
    void goesOnWithTheSettingsOfThatTime() throws Exception {
        run("");
        assertThat(streams.description("train").getCreatedAt().toString()).startsWith("2026-11-26");
        assertThat(streams.ids("train", 2)).hasSize(30);
    }

    @Test
    void isRefusedWithOtherSettingsByTheUsersOwnKeys() {
        assertThatThrownBy(() -> run("seed = 9, ingest.images-per-record = 5, ingest.recipe.interpolation = bilinear"))
                .isInstanceOf(StreamConflictException.class)
                .hasMessageContaining("ingest.images-per-record was 10 and is 5; seed was 3 and is 9");
    }

    private void run(String overrides) throws IOException {
        final Config settings = Settings.over(ConfigFactory.parseString(overrides)
                .withFallback(ConfigFactory.parseMap(Map.of("kafka.bootstrap.servers", streams.kafka().bootstrapServers(),
                        "topics.prefix", streams.topics().prefix())))
                .withFallback(ConfigFactory.parseFile(RELEASE.resolve("settings.conf").toFile())));
        try (IngestService service = IngestService.start(settings, StatusLine.SILENT)) {
            service.done().block(Duration.ofSeconds(60));
        }
    }
}
