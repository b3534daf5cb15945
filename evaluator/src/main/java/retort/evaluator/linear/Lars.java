package retort.evaluator.linear;

/**
 * Layer-wise adaptive rate scaling (You et al., arXiv 1708.03888) as MAE uses it: the trust ratio and weight decay apply to matrices,
 * neither applies to biases.
 */
public record Lars(double momentum, double trustCoefficient, double weightDecay) {
    /** MAE's momentum and trust coefficient. */
    public static Lars withWeightDecay(double weightDecay) {
        return new Lars(0.9, 0.001, weightDecay);
    }

    /**
     * Takes one step, in place.
     *
     * @param parameter the values
     * @param gradient of these values; is overwritten
     * @param velocity the momentum buffer
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
