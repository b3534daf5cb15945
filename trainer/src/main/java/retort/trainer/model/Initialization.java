package retort.trainer.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import retort.random.CounterRandom;
import retort.trainer.weights.HostTensor;

/**
 * Initial values of parameters. They are drawn on the host as a function of the seed, and of the parameter's name, start and shape, so
 * neither the device nor the number of threads changes them. Any thread.
 */
public final class Initialization {
    private Initialization() {
    }

    /** The values of all {@code parameters}, in their order. */
    public static Map<String, HostTensor> draw(List<Parameter> parameters, long seed) {
        final Map<String, HostTensor> values = new LinkedHashMap<>();
        for (final Parameter parameter : parameters)
            values.put(parameter.name(), draw(parameter, parameters, seed));
        return values;
    }

    /** The values of one parameter out of {@code all}. They depend on no values of another one, so memory need not hold all at once. */
    public static HostTensor draw(Parameter parameter, List<Parameter> all, long seed) {
        return HostTensor.ofFloats(values(parameter, all, seed), parameter.dimensions());
    }

    private static float[] values(Parameter parameter, List<Parameter> all, long seed) {
        final CounterRandom random = CounterRandom.of(seed, "start " + parameter.name(), 0, 0);
        final float[] values = new float[parameter.elements()];
        switch (parameter.start()) {
            case ZEROS -> {
            }
            case ONES -> Arrays.fill(values, 1);
            case XAVIER -> uniform(values, Math.sqrt(6.0 / (inputs(parameter) + parameter.shape().getFirst())), random);
            case UNIFORM_WEIGHT -> uniform(values, 1 / Math.sqrt(inputs(parameter)), random);
            case UNIFORM_BIAS -> uniform(values, 1 / Math.sqrt(inputs(weightOf(parameter, all))), random);
            case LAST_DIAGONAL -> diagonal(values, Math.toIntExact(parameter.shape().getLast()));
            case MEAN -> Arrays.fill(values, 1f / parameter.shape().getLast());
            case TOKEN -> fill(values, () -> 0.02 * random.nextGaussian());
            case HEAD -> fill(values, () -> 2e-5 * random.nextGaussian());
            case POSITIONS -> {
                return SinCosPositions.table(Math.toIntExact(parameter.shape().get(2)),
                        PositionGrid.side(parameter.shape().get(1)));
            }
        }
        return values;
    }

    private static void diagonal(float[] values, int columns) {
        Arrays.fill(values, 0.01f);
        for (int at = values.length - 1; at >= 0; at -= columns + 1)
            values[at] = 1.01f;
    }

    private static void uniform(float[] values, double bound, CounterRandom random) {
        fill(values, () -> bound * (2 * random.nextFloat() - 1));
    }

    private static void fill(float[] values, DoubleSupplier draw) {
        for (int i = 0; i < values.length; i++)
            values[i] = (float) draw.getAsDouble();
    }

    private static double inputs(Parameter weight) {
        return (double) weight.elements() / weight.shape().getFirst();
    }

    private static Parameter weightOf(Parameter bias, List<Parameter> all) {
        final String name = bias.name().replaceFirst("bias$", "weight");
        return all.stream().filter(parameter -> parameter.name().equals(name)).findFirst().orElseThrow();
    }
}
