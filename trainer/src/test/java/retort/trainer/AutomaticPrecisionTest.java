package retort.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import retort.trainer.learn.Precision;
import retort.trainer.pipeline.RunException;

/** {@code precision = auto}, on a real broker with real steps. */
class AutomaticPrecisionTest extends RealTraining {
    private static final Map<Precision, Precision> OTHER = Map.of(Precision.FLOAT32, Precision.BFLOAT16, Precision.BFLOAT16,
            Precision.FLOAT32);

    @Test
    void isTheOneInWhichTheDeviceIsFast() {
        SmallStream.create(broker, "train").publish(20);
        final Precision fast = engine.call(() -> Precision.fastOn(engine.device()));

        train(Training.pretrain("auto", 3, ", precision = auto") + "," + Training.pretrain("given", 3, ", precision = " + fast)
                + ","
                + Training.pretrain("other", 3, ", precision = " + OTHER.get(fast)));

        assertThat(precision("auto")).isEqualTo(fast.toString());
        assertThat(weightsSha256("auto")).isEqualTo(weightsSha256("given")).isNotEqualTo(weightsSha256("other"));
    }

    @Test
    void aRunGoesOnInThePrecisionOfItsCheckpoint() {
        SmallStream.create(broker, "train").publish(5).complete(); // three batches, and then an early end
        final Precision other = OTHER.get(engine.call(() -> Precision.fastOn(engine.device())));
        assertThatThrownBy(() -> train(Training.pretrain("kept", 6, ", precision = " + other))).isInstanceOf(RunException.class);

        assertThatThrownBy(() -> train(Training.pretrain("kept", 6, ", precision = auto"))).isInstanceOf(RunException.class)
                .hasMessageContaining("ended at step 3");
        assertThatThrownBy(() -> train(Training.pretrain("kept", 6, ", precision = " + OTHER.get(other))))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("precision");
        assertThat(precision("kept")).isEqualTo(other.toString());
    }

    private String precision(String run) {
        return last(run).state().identity().settings().get("precision");
    }
}
