package retort.trainer.checkpoint;

import retort.settings.Identity;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import retort.kafka.StreamPosition;
import retort.record.Architecture;
import retort.trainer.images.SequenceRanges;
import retort.trainer.weights.HostTensor;

/** The content of the checkpoints that the tests save. Every value is computed from the step. */
final class Saved {
    static final String RUN = "student-1";

    private Saved() {
    }

    static TrainingState state(long step) {
        return new TrainingState(RUN, step, 5000, "train", 3, new StreamPosition(3 + step, Map.of(0, 7 * step, 2, step)),
                (int) (step % 6),
                SequenceRanges.parse(List.of("4", "100-" + (100 + step))),
                Identity.of(Map.of("batch", "64", "seed", "-11", "trainer.threads", "2")), "distill",
                new Architecture(28, 4, 1, 96, 6, 3, 64, 2, 4, 0, ""), Optional.of("run:teacher"));
    }

    static Map<String, HostTensor> weights(long step) {
        return Map.of("blocks.0.attn.qkv.weight", filled((double) step, 20_000), "norm.bias", filled((double) -step, 3));
    }

    static Map<String, HostTensor> optimizer(long step) {
        return Map.of("exp_avg.norm.bias", filled(step + 0.5, 10_000));
    }

    private static HostTensor filled(double value, int length) {
        final float[] values = new float[length];
        Arrays.fill(values, (float) value);
        return HostTensor.ofFloats(values, length);
    }
}
