package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.BrokerProcess;
import retort.broker.Link;
import retort.record.Stream;

/** A writer and a reader behind a bad link. Whatever the link does, every record arrives once, in its order. */
final class BadLinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static final int RECORDS = 60;
    private static final int PART = 10;

    @TempDir
    static Path directory;
    static Link link;
    static BrokerProcess server;

    @BeforeAll
    static void start() {
        link = Link.toFreePort();
        server = BrokerProcess.behind(link, directory.resolve("kafka"), Map.of());
    }

    @AfterAll
    static void stop() {
        server.close();
        link.close();
    }

    @AfterEach
    void restore() {
        link.delay(Duration.ZERO);
        link.restore();
    }

    @Test
    void addedLatency() {
        arriveOnceInOrder(() -> link.delay(Duration.ofMillis(120)));
    }

    @Test
    void aCutLink() {
        arriveOnceInOrder(link::cut);
    }

    /** Bytes are lost and the connections stay open until the link is restored, as behind a firewall that forgets. */
    @Test
    void aHalfOpenLink() {
        arriveOnceInOrder(() -> {
            link.silence();
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
            link.restore();
        });
    }

    /** @param fault happens before each part of the records is sent */
    private void arriveOnceInOrder(Runnable fault) {
        final String prefix = "link" + PREFIXES.incrementAndGet() + ".";
        final Broker direct = Broker.at(server.bootstrapServers(), prefix);
        final Broker behind = Broker.at(link.address(), prefix);
        direct.ensureEventTopics();
        direct.ensureImages("train", 2, -1, 1 << 20);
        final Stream train = TestStream.stream("train", 2);
        final Probe<BatchRecord> reader = new Probe<>();
        behind.batches(train, StreamPosition.START, OptionalLong.of(RECORDS - 1), 8 << 20, "reader").subscribe(reader);
        reader.request(Long.MAX_VALUE);
        try (RecordSink writer = behind.transactionalSink("writer", 1 << 20)) {
            for (int from = 0; from < RECORDS; from += PART) {
                fault.run();
                writer.sendAll(TestStream.batches(behind.topics(), train, from, from + PART, 1000)).block(PATIENCE);
            }
        }
        assertThat(reader.ended).succeedsWithin(PATIENCE);
        final List<Long> read = reader.received.stream().map(BatchRecord::sequence).toList();
        assertThat(read).containsExactlyElementsOf(LongStream.range(0, RECORDS).boxed().toList());
    }
}
