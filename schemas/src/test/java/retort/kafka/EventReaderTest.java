package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.Test;
import retort.codec.EventCodec;
import retort.kafka.EventReader.From;
import retort.record.Stream;

class EventReaderTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final EventCodec<Stream> CODEC = EventCodec.of(Stream.class);
    private static final Undecodable NONE = (key, where, reason) -> {
        throw new AssertionError(where + ": " + reason);
    };

    private final KafkaSettings kafka = TestBroker.kafka();
    private final Topics topics = TestBroker.topics();

    @Test
    void setsAsideWhatItCannotDecodeAndGoesOn() {
        TopicAdmin.ensureEventTopics(kafka, topics, TIMEOUT);
        final String topic = topics.streams();
        try (EventSink sink = EventSink.idempotent(kafka, "test", 1 << 20)) {
            sink.send(topic, "a", TestBroker.stream("a", 1)).block(TIMEOUT);
            sink.sendAll(List.of(new ProducerRecord<>(topic, "bad".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    new byte[]{0, 0, 0, 0, 7, 1})))
                    .block(TIMEOUT);
            sink.<Stream>send(topic, "a", null).block(TIMEOUT);
            sink.send(topic, "b", TestBroker.stream("b", 1)).block(TIMEOUT);
        }
        final List<String> rejected = new ArrayList<>();
        final List<Event<Stream>> events = EventReader.read(kafka, topic, CODEC, From.EARLIEST, IsolationLevel.READ_COMMITTED,
                (key, where, reason) -> rejected.add(key + " " + where + " " + reason), "test").take(3).collectList()
                .block(TIMEOUT);

        assertThat(events).extracting(Event::key).containsExactly("a", "a", "b");
        assertThat(events.get(1).value()).as("tombstone").isNull();
        assertThat(rejected).singleElement().asString().startsWith("bad " + topic + "-0@1 ")
                .contains("Confluent framing (schema id 7");
        assertThat(EventReader.table(kafka, topic, CODEC, (key, where, reason) -> {
        }, TIMEOUT)).isEqualTo(Map.of("b", TestBroker.stream("b", 1)));
    }

    @Test
    void aTopicThatDoesNotExistIsAnEmptyTable() {
        assertThat(EventReader.table(kafka, topics.streams(), CODEC, NONE, TIMEOUT)).isEmpty();
    }
}
