package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import retort.record.Stream;

class EventReaderTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private final Broker broker = TestStream.broker();
    private final Topics topics = broker.topics();

    @Test
    void setsAsideWhatItCannotDecodeAndGoesOn() {
        broker.ensureEventTopics();
        final Topic<Stream> topic = topics.streams();
        try (RecordSink sink = broker.sink("test", 1 << 20)) {
            sink.send(topic, TestStream.stream("a", 1)).block(TIMEOUT);
            sink.sendAll(List.of(new ProducerRecord<>(topic.name(), "bad".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    new byte[]{0, 0, 0, 0, 7, 1})))
                    .block(TIMEOUT);
            sink.sendAll(List.of(topic.tombstone("a"))).block(TIMEOUT);
            sink.send(topic, TestStream.stream("b", 1)).block(TIMEOUT);
        }
        final List<String> rejected = new ArrayList<>();
        final List<Event<Stream>> events = broker
                .onUndecodable((name, key, where, reason) -> rejected.add(key + " " + where + " " + reason))
                .follow(topic, From.EARLIEST, "test").take(3).collectList()
                .block(TIMEOUT);

        assertThat(events).extracting(Event::key).containsExactly("a", "a", "b");
        assertThat(events.get(1).value()).as("tombstone").isNull();
        assertThat(rejected).singleElement().asString().startsWith("bad " + topic.name() + "-0@1 ")
                .contains("Confluent framing (schema id 7");
        assertThat(broker.onUndecodable((name, key, where, reason) -> {
        }).table(topic)).isEqualTo(Map.of("b", TestStream.stream("b", 1)));
    }

    @Test
    void aTableOfSomeKeysDecodesAndHoldsNoOther() {
        broker.ensureEventTopics();
        final Topic<Stream> topic = topics.streams();
        try (RecordSink sink = broker.sink("test", 1 << 20)) {
            sink.sendAll(List.of(topic.record(TestStream.stream("a", 1)), topic.record(TestStream.stream("b", 1)),
                    topic.tombstone("b"), topic.record(TestStream.stream("c", 1)),
                    new ProducerRecord<>(topic.name(), "bad".getBytes(java.nio.charset.StandardCharsets.UTF_8), new byte[]{1})))
                    .block(TIMEOUT);
        }
        final Broker strict = broker.onUndecodable((name, key, where, reason) -> {
            throw new AssertionError(where + ": " + reason);
        });

        assertThat(strict.table(topic, "c"::equals)).isEqualTo(Map.of("c", TestStream.stream("c", 1)));
        assertThat(strict.table(topic, "b"::equals)).isEmpty();
        assertThat(strict.keys(topic)).containsExactly("a", "c", "bad");
    }

    @Test
    void aTopicThatDoesNotExistIsAnEmptyTable() {
        assertThat(broker.table(topics.streams())).isEmpty();
    }
}
