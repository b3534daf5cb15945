package retort.evaluator;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import retort.trainer.model.VitShape;
import retort.trainer.weights.HostTensor;

/**
 * A classifier with a distillation token, computed one number after another in double precision from the tensors of a checkpoint (DeiT,
 * arXiv 2012.12877). It shares no code with the program that it checks.
 */
final class PlainClassifier {
    private static final double EPSILON = 1e-6;

    private final VitShape shape;
    private final Map<String, float[]> weights;

    /** @param shape shape of the model, with one channel */
    PlainClassifier(VitShape shape, Map<String, HostTensor> weights) {
        this.shape = shape;
        this.weights = weights.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().floats()));
    }

    /** @param features the class token behind the last norm; (width) */
    @SuppressWarnings("ArrayRecordComponent") // only carries data, never compared
    record Answer(double[] features, double[] logits) {
    }

    /** @param image normalised pixels, (H * W) */
    Answer of(double[] image) {
        double[][] x = tokens(image);
        for (int block = 0; block < shape.depth(); block++) {
            final String name = "blocks." + block;
            x = sum(x, attention(norm(x, name + ".norm1"), name + ".attn"));
            x = sum(x, linear(gelu(linear(norm(x, name + ".norm2"), name + ".mlp.fc1")), name + ".mlp.fc2"));
        }
        final double[][] y = norm(x, "norm");
        final double[] byClass = linear(new double[][]{y[0]}, "head")[0];
        final double[] byToken = linear(new double[][]{y[y.length - 1]}, "head_dist")[0];
        final double[] mean = new double[byClass.length];
        Arrays.setAll(mean, i -> (byClass[i] + byToken[i]) / 2);
        return new Answer(y[0], mean);
    }

    /** Class token, patches row by row, and the distillation token, which has no place. */
    private double[][] tokens(double[] image) {
        final int side = shape.image();
        final int patch = shape.patch();
        final float[] places = values("pos_embed");
        final double[][] patches = new double[shape.patches()][patch * patch];
        for (int i = 0; i < image.length; i++) {
            final int row = i / side;
            final int column = i % side;
            patches[row / patch * (side / patch) + column / patch][row % patch * patch + column % patch] = image[i];
        }
        final double[][] embedded = linear(patches, "patch_embed.proj");
        final double[][] x = new double[shape.patches() + 2][shape.width()];
        for (int i = 0; i < shape.width(); i++) {
            x[0][i] = values("cls_token")[i] + places[i];
            for (int t = 1; t <= shape.patches(); t++)
                x[t][i] = embedded[t - 1][i] + places[t * shape.width() + i];
            x[x.length - 1][i] = values("dist_token")[i];
        }
        return x;
    }

    private double[][] attention(double[][] x, String name) {
        final int width = shape.width();
        final int size = width / shape.heads();
        final double[][] qkv = linear(x, name + ".qkv");
        final double[][] y = new double[x.length][width];
        for (int head = 0; head < shape.heads(); head++)
            for (int t = 0; t < x.length; t++) {
                final int first = head * size;
                final double[] scores = new double[x.length];
                for (int s = 0; s < x.length; s++)
                    for (int i = first; i < first + size; i++)
                        scores[s] += qkv[t][i] * qkv[s][width + i] / Math.sqrt(size);
                final double[] shares = softmax(scores);
                for (int s = 0; s < x.length; s++)
                    for (int i = first; i < first + size; i++)
                        y[t][i] += shares[s] * qkv[s][2 * width + i];
            }
        return linear(y, name + ".proj");
    }

    static double[] softmax(double[] scores) {
        final double sum = Arrays.stream(scores).map(Math::exp).sum();
        return Arrays.stream(scores).map(score -> Math.exp(score) / sum).toArray();
    }

    private double[][] norm(double[][] x, String name) {
        final float[] gain = values(name + ".weight");
        final float[] bias = values(name + ".bias");
        return Arrays.stream(x).map(row -> {
            final double mean = Arrays.stream(row).average().orElseThrow();
            final double variance = Arrays.stream(row).map(value -> (value - mean) * (value - mean)).average().orElseThrow();
            final double[] y = new double[row.length];
            Arrays.setAll(y, i -> (row[i] - mean) / Math.sqrt(variance + EPSILON) * gain[i] + bias[i]);
            return y;
        }).toArray(double[][]::new);
    }

    private double[][] linear(double[][] x, String name) {
        final float[] weight = values(name + ".weight");
        final float[] bias = values(name + ".bias");
        return Arrays.stream(x).map(row -> {
            final double[] y = new double[bias.length];
            for (int o = 0; o < bias.length; o++) {
                y[o] = bias[o];
                for (int i = 0; i < row.length; i++)
                    y[o] += weight[o * row.length + i] * row[i];
            }
            return y;
        }).toArray(double[][]::new);
    }

    private static double[][] gelu(double[][] x) {
        return Arrays.stream(x).map(row -> Arrays.stream(row).map(v -> v / 2 * (1 + erf(v / Math.sqrt(2)))).toArray())
                .toArray(double[][]::new);
    }

    /** The series of the error function, which converges everywhere. */
    private static double erf(double x) {
        if (Math.abs(x) > 5)
            return Math.signum(x);
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-17; n++) {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }

    private static double[][] sum(double[][] a, double[][] b) {
        final double[][] y = new double[a.length][a[0].length];
        for (int t = 0; t < a.length; t++)
            for (int i = 0; i < a[t].length; i++)
                y[t][i] = a[t][i] + b[t][i];
        return y;
    }

    private float[] values(String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }
}
