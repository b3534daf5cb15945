package retort.evaluator.linear;

/**
 * Layer-wise adaptive rate scaling (You et al., arXiv 1708.03888), as MAE uses it. The trust ratio and weight decay apply to matrices and
 * not to biases.
 */
public record Lars(double momentum, double trustCoefficient, double weightDecay) {
    /** The optimiser with MAE's momentum (0.9) and trust coefficient (0.001). */
    public static Lars withWeightDecay(double weightDecay) {
        return new Lars(0.9, 0.001, weightDecay);
    }

    /**
     * Takes one step, in place.
     *
     * @param parameter values that are updated
     * @param gradient gradient of these values; it is overwritten
     * @param velocity momentum buffer of these values; it is updated
     * @param rate learning rate
     * @param isMatrix false for a bias
     */
    void step(float[] parameter, float[] gradient, float[] velocity, double rate, boolean isMatrix) {
        double ratio = 1;
        if (isMatrix) {
            for (int i = 0; i < gradient.length; i++)
                gradient[i] += (float) (weightDecay * parameter[i]);
            final double length = norm(parameter);
            final double update = norm(gradient);
            ratio = length > 0 && update > 0 ? trustCoefficient * length / update : 1;
        }
        for (int i = 0; i < parameter.length; i++) {
            velocity[i] = (float) (momentum * velocity[i] + ratio * gradient[i]);
            parameter[i] -= (float) (rate * velocity[i]);
        }
    }

    private static double norm(float[] values) {
        double squares = 0;
        for (final float value : values)
            squares += (double) value * value;
        return Math.sqrt(squares);
    }
}
