package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import retort.record.Stream;

/** Reads a topic that is larger than the heap of the test's JVM, which is 512 MiB with the broker included. */
class LargeTopicTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int RECORD = 1 << 20;
    private static final long RECORDS = 1024;
    private static final long BUDGET = 32 << 20;

    private final Broker broker = TestStream.broker();
    private final Topics topics = broker.topics();

    @Test
    void aGibibyteIsReadRecordByRecordWithinTheBudget() throws Exception {
        final Stream stream = TestStream.stream("large", 2);
        broker.ensureImages("large", 2, -1, 2 * RECORD);
        try (RecordSink sink = broker.transactionalSink("large", 8 << 20, 2 * RECORD)) {
            Flux.range(0, Math.toIntExact(RECORDS)).map(sequence -> TestStream.batch(topics, stream, sequence, RECORD)).buffer(8)
                    .concatMap(sink::sendAll, 1).blockLast(TIMEOUT);
        }
        final RecordSource<BatchRecord> source = StreamReader.source(broker, stream, StreamPosition.START,
                OptionalLong.of(RECORDS - 1), BUDGET, "large");
        final Probe<BatchRecord> probe = new Probe<>((self, record) -> {
            assertThat(record.sequence()).isEqualTo(self.count());
            self.forget();
            self.request(1);
        });
        source.subscribe(probe);
        probe.request(1);

        assertThat(probe.ended).succeedsWithin(TIMEOUT);
        assertThat(probe.count()).isEqualTo(RECORDS);
        assertThat(source.gauge().highest()).isBetween((long) RECORD, BUDGET);
        try (Admin admin = Admin.create(broker.kafka().with(java.util.Map.of()))) {
            admin.deleteTopics(List.of(topics.images("large"))).all().get();
        }
    }
}
