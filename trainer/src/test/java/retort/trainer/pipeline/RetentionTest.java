package retort.trainer.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import retort.broker.SharedBroker;
import retort.kafka.Broker;
import retort.record.Stream;
import retort.trainer.Training;
import retort.trainer.settings.RunSettings;
import retort.trainer.settings.TrainerSettings;

class RetentionTest {
    private static final Broker NOWHERE = Broker.at("localhost:1", "t.");
    /** Bytes of a batch of 7 images of 16x16x1, with 32 further bytes for each image. */
    private static final long STEP_BYTES = 7 * (16 * 16 + 32);

    private final Stream stream = new Stream("train", "memory:", "none", 0L, 1, 16, 16, List.of(0.5), List.of(0.5), List.of(),
            23L, 5,
            2, "hash", null, Instant.EPOCH, Map.of());

    @Test
    void isTheBrokersOverAllPartitionsOfTheStream() {
        final Broker broker = Broker.at(SharedBroker.bootstrapServers(), SharedBroker.freshPrefix());
        broker.ensureImages("train", 2, 8 << 20, 1 << 20);
        broker.ensureImages("kept", 2, -1, 1 << 20);

        assertThat(Retention.of(broker, stream)).hasValue(8 << 20);
        assertThat(Retention.of(broker, Stream.newBuilder(stream).setName("kept").build())).isEmpty();
    }

    @Test
    void halfOfItHoldsAnIntervalBetweenCheckpointsToTheByte() {
        final RunSettings run = run(1000, ", checkpoint-every = 50");
        final long enough = 2 * 50 * STEP_BYTES;

        assertThatCode(() -> Retention.requireRoomFor(run, stream, OptionalLong.of(enough))).doesNotThrowAnyException();
        assertThatThrownBy(() -> Retention.requireRoomFor(run, stream, OptionalLong.of(enough - 2)))
                .isInstanceOf(RunException.class).hasMessageContaining("save every 49 steps or more often");
        assertThatCode(() -> Retention.requireRoomFor(run, stream, OptionalLong.empty())).doesNotThrowAnyException();
    }

    @Test
    void aRunThatIsShorterThanTheIntervalNeedsNoMoreThanItsSteps() {
        assertThatCode(() -> Retention.requireRoomFor(run(10, ", checkpoint-every = 5000"), stream,
                OptionalLong.of(2 * 10 * STEP_BYTES))).doesNotThrowAnyException();
    }

    @Test
    void aRetentionThatHoldsNotEvenOneStepCannotBeMendedByTheInterval() {
        assertThatThrownBy(() -> Retention.requireRoomFor(run(10, ""), stream, OptionalLong.of(STEP_BYTES)))
                .isInstanceOf(RunException.class)
                .hasMessageEndingWith("a killed run could not go on; raise the stream's retention");
    }

    private static RunSettings run(int steps, String more) {
        return TrainerSettings.from(Training.config(NOWHERE, Path.of("none"), Training.pretrain("run", steps, more))).runs()
                .getFirst();
    }
}
