package retort.trainer.learn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import retort.trainer.weights.DType;
import retort.trainer.weights.HostTensor;

/**
 * Statistics of a stream's pixels on the scale from 0 to 1.
 *
 * @param mean mean of each channel
 * @param std standard deviation of each channel, above 0
 */
public record PixelStatistics(List<Double> mean, List<Double> std) {
    public PixelStatistics {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.isEmpty() || mean.size() != std.size() || std.stream().anyMatch(s -> !(s > 0)))
            throw new IllegalArgumentException("a stream's mean " + mean + " and standard deviation " + std
                    + " must have one value a channel, deviations above 0");
    }

    public int channels() {
        return mean.size();
    }

    /** The factors that normalise a pixel of 0 to 255, before {@link #shift} is added; (C). */
    HostTensor scale() {
        return perChannel(c -> 1 / (255 * std.get(c)));
    }

    /** The summands that are added to a scaled pixel; (C). */
    HostTensor shift() {
        return perChannel(c -> -mean.get(c) / std.get(c));
    }

    private HostTensor perChannel(java.util.function.IntToDoubleFunction value) {
        final ByteBuffer data = ByteBuffer.allocate(channels() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int c = 0; c < channels(); c++)
            data.putFloat((float) value.applyAsDouble(c));
        return new HostTensor(DType.F32, new long[]{channels()}, data.flip());
    }
}
