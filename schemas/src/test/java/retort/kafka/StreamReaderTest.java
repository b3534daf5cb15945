package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import retort.record.Stream;

class StreamReaderTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final long BUDGET = 8 << 20;

    private final KafkaSettings kafka = TestBroker.kafka();
    private final Topics topics = TestBroker.topics();

    @Test
    void mergesPartitionsBySequenceAndCompletesAfterTheLast() {
        final Stream stream = TestBroker.stream("train", 3);
        TopicAdmin.ensureImages(kafka, topics, "train", 3, -1, 1 << 20, TIMEOUT);
        try (EventSink sink = EventSink.transactional(kafka, "ingest", topics.prefix() + "ingest", 1 << 20, 1 << 20, TIMEOUT)) {
            for (long s = 0; s < 50; s += 7)
                sink.sendAll(TestBroker.batches(topics, stream, s, Math.min(50, s + 7), 100)).block(TIMEOUT);
        }

        assertThat(StreamReader.read(kafka, topics, stream, StreamPosition.START, OptionalLong.of(49), BUDGET, "all")
                .map(BatchRecord::sequence).collectList().block(TIMEOUT))
                .containsExactlyElementsOf(LongStream.range(0, 50).boxed().toList());
        StepVerifier
                .create(StreamReader.read(kafka, topics, stream, new StreamPosition(48, Map.of()), OptionalLong.of(49), BUDGET,
                        "end").map(BatchRecord::sequence))
                .expectNext(48L, 49L).expectComplete().verify(TIMEOUT);
        assertThat(StreamReader.earliestSequence(kafka, topics, stream, TIMEOUT)).hasValue(0);
        assertThat(StreamReader.latestSequence(kafka, topics, stream, TIMEOUT)).isEqualTo(50);
    }
}
