package retort.trainer.weights;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Damages a file as a bad disk or a broken download does: it changes some bytes or cuts off the end. */
public final class Damage {
    private Damage() {
    }

    public static byte[] of(byte[] whole, SplittableRandom random) {
        final byte[] bad = random.nextInt(4) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
        final int flips = random.nextInt(1, 6);
        for (int i = 0; i < flips && bad.length > 0; i++)
            bad[random.nextBoolean() ? random.nextInt(bad.length) : random.nextInt(Math.min(bad.length, 600))] = (byte) random
                    .nextInt();
        return bad;
    }
}
