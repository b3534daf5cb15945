package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;
import retort.record.Stream;

class BrokerRestartTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void readersAndSinksOutliveTheirBroker() {
        final Topics topics = Topics.DEFAULT;
        final Stream train = TestStream.stream("train", 2);
        final Probe<BatchRecord> probe = new Probe<>();
        final RecordSink sink;
        final int port;
        try (EmbeddedBroker server = EmbeddedBroker.start(directory)) {
            final Broker broker = Broker.at(server.bootstrapServers(), topics.prefix()).withTimeout(TIMEOUT);
            port = Integer.parseInt(server.bootstrapServers().substring(server.bootstrapServers().indexOf(':') + 1));
            broker.ensureImages("train", 2, -1, 1 << 20);
            sink = broker.transactionalSink("ingest", 1 << 20);
            sink.sendAll(TestStream.batches(topics, train, 0, 10, 100)).block(TIMEOUT);
            broker.batches(train, StreamPosition.START, OptionalLong.of(19), 1 << 20, "restart")
                    .subscribe(probe);
            probe.request(Long.MAX_VALUE);
            await().atMost(TIMEOUT).until(() -> probe.received.size() == 10);
        }
        try (EmbeddedBroker server = EmbeddedBroker.start(directory, port); sink) {
            assertThat(server.bootstrapServers()).endsWith(":" + port);
            sink.sendAll(TestStream.batches(topics, train, 10, 20, 100)).block(TIMEOUT);
            assertThat(probe.ended).succeedsWithin(TIMEOUT);
        }
        final List<Long> all = LongStream.range(0, 20).boxed().toList();
        assertThat(probe.received).extracting(BatchRecord::sequence).containsExactlyElementsOf(all);
    }
}
