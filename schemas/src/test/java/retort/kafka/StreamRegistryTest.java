package retort.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import retort.record.Stream;

class StreamRegistryTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Broker broker = TestStream.broker();
    private final StreamRegistry registry = broker.streams();

    @Test
    void publishesOnceAndRefusesOtherSettingsByName() {
        broker.ensureEventTopics();
        final Stream train = TestStream.stream("train", 2);

        assertThat(registry.find("train")).isEmpty();
        assertThat(registry.publish(train)).isEqualTo(train);
        assertThat(registry.find("train")).contains(train);
        assertThat(registry.complete(train, 41).getLastSequence()).isEqualTo(41);
        assertThat(registry.publish(train).getLastSequence()).as("what is in force").isEqualTo(41);
        assertThatThrownBy(
                () -> registry.publish(Stream.newBuilder(train).setRecipe("eval").setSeed(9).setSettingsHash("other").build()))
                .isInstanceOf(StreamConflictException.class).hasMessageContaining("stream train")
                .hasMessageContaining("recipe is pretrain there and eval here")
                .hasMessageContaining("seed is 1 there and 9 here");
    }

    @Test
    void whoWaitsIsToldWhenTheStreamAppearsAndWhenItIsComplete() {
        final CompletableFuture<Stream> there = registry.await("val").toFuture();
        final CompletableFuture<Stream> complete = registry.awaitComplete("val").toFuture();
        broker.ensureEventTopics();
        registry.publish(TestStream.stream("probe", 1));
        assertThat(there).isNotDone();

        final Stream val = registry.publish(TestStream.stream("val", 1));
        assertThat(there).succeedsWithin(TIMEOUT).isEqualTo(val);
        assertThat(complete).isNotDone();

        registry.complete(val, 7);
        assertThat(complete).succeedsWithin(TIMEOUT).extracting(Stream::getLastSequence).isEqualTo(7L);
    }
}
