package retort.trainer.learn;

import java.util.OptionalLong;

/**
 * Estimates the memory that training takes, from the shapes alone, so that the same settings always give the same estimate. It is meant for
 * the choice of micro-batches, and errs upwards.
 *
 * @param modelBytes bytes that do not depend on the batch: weights, gradients, the two moments, and the copy of the state for a
 *     checkpoint
 * @param imageBytes bytes that the gradient of one image needs
 */
public record StepMemory(long modelBytes, long imageBytes) {
    /** Weight, gradient and two moments on the device; the copy of weight and moments on the host. */
    private static final int VALUES_OF_A_PARAMETER = 7;
    private static final double SHARE = 0.7;

    /** The estimate for a learner. Its micro-batches do not count. */
    public static StepMemory of(LearnerSpec spec) {
        final StepValues values = new StepValues(spec);
        return new StepMemory(Float.BYTES * VALUES_OF_A_PARAMETER * values.ofParameters(), Float.BYTES * values.ofAnImage());
    }

    /** The same with weights that are not trained, such as a teacher's. */
    public StepMemory withFrozen(long bytes) {
        return new StepMemory(modelBytes + bytes, imageBytes);
    }

    /** Bytes of a step whose parts have {@code images} images each. */
    public long bytes(int images) {
        return modelBytes + imageBytes * images;
    }

    /**
     * The number of parts that {@code optimizer.micro-batches = auto} stands for: the smallest for which a step takes at most 70 % of the
     * memory, because the estimate is rough and other programs run beside it; 1 if the memory is not known.
     */
    public int automaticParts(int batch, OptionalLong memory) {
        return memory.isEmpty() ? 1 : parts(batch, (long) (SHARE * memory.getAsLong()));
    }

    /**
     * The smallest number of equal parts of a batch for which a step takes at most {@code limit} bytes; the batch itself if none is small enough.
     */
    public int parts(int batch, long limit) {
        for (int parts = 1; parts < batch; parts++)
            if (batch % parts == 0 && bytes(batch / parts) <= limit)
                return parts;
        return batch;
    }
}
