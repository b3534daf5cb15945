package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import retort.record.Stream;

class GroupMemberTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private final Broker broker = TestStream.broker();
    private final Topic<Stream> topic = broker.topics().streams();

    @Test
    void everyKeyBelongsToOneMemberAndAMemberThatDoesNotKnowOfAChangePublishesNothingMore() {
        broker.ensureEventTopics();
        final AtomicReference<Share> first = new AtomicReference<>(Share.WHOLE);
        final AtomicReference<Share> second = new AtomicReference<>(Share.WHOLE);
        final Disposable one = broker.share("group", topic, "one").subscribe(first::set);
        try (RecordSink sink = broker.transactionalSink("one", 1 << 20)) {
            await().atMost(PATIENCE).until(() -> first.get().fence().isPresent());
            final Share alone = first.get();
            assertThat(alone.members()).isEqualTo(1);
            sink.sendAll(List.of(topic.record(TestStream.stream("before", 1))), alone.fencing()).block(PATIENCE);

            final Disposable two = broker.share("group", topic, "two").subscribe(second::set);
            await().atMost(PATIENCE).until(() -> first.get().members() == 2 && second.get().members() == 2);
            for (int key = 0; key < 100; key++)
                assertThat(first.get().has("run" + key)).isNotEqualTo(second.get().has("run" + key));

            assertThatThrownBy(() -> sink.sendAll(List.of(topic.record(TestStream.stream("stale", 1))), alone.fencing())
                    .block(PATIENCE)).isInstanceOf(CommitFailedException.class);
            sink.sendAll(List.of(topic.record(TestStream.stream("after", 1))), first.get().fencing()).block(PATIENCE);
            two.dispose();
            await().atMost(PATIENCE).until(() -> first.get().members() == 1);
        } finally {
            one.dispose();
        }
        assertThat(broker.table(topic)).containsOnlyKeys("before", "after");
    }

    @Test
    void aPlaceIsKeptInTheCluster() {
        broker.ensureEventTopics();
        final GroupOffset place = new GroupOffset(broker, "place", topic);
        assertThat(place.read()).isEmpty();
        assertThat(place.end()).isZero();
        try (RecordSink sink = broker.sink("test", 1 << 20)) {
            sink.send(topic, TestStream.stream("a", 1)).block(PATIENCE);
        }
        place.write(place.end());

        assertThat(new GroupOffset(broker, "place", topic).read()).isEqualTo(OptionalLong.of(1));
        assertThat(new GroupOffset(broker, "another", topic).read()).isEmpty();
    }
}
