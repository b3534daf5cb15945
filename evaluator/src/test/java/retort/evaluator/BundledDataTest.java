package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import retort.evaluator.knn.FeatureBlock;
import retort.evaluator.knn.NeighbourSearch;
import retort.evaluator.knn.Neighbourhood;
import retort.evaluator.linear.Lars;
import retort.evaluator.linear.LinearProbe;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;

/** Compares figures on the bundled data with independent counts from the same features. */
class BundledDataTest {
    private static final int TRAIN = 2000;
    private static final int VAL = 500;
    private static final int LINEAR_TRAIN = 4000;
    private static final int LINEAR_VAL = 2000;
    private static final int POOLED = 49;
    private static final int STEPS = 300;

    private static Engine engine;
    private static FeatureBlock train;
    private static FeatureBlock val;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        engine = Engine.start(new EngineSettings("cpu", 1));
        train = BundledImages.read("train", TRAIN);
        val = BundledImages.read("t10k", VAL);
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    /** The count sorts all similarities of an image, in double precision. */
    @Test
    void nearestNeighboursAreAnExhaustiveCount() {
        final Neighbourhood found = new NeighbourSearch(engine, 20, 256, 64 << 20).search(blocks(val, 100), blocks(train, 300))
                .block(Duration.ofMinutes(2));
        final double[][] bank = IntStream.range(0, TRAIN).mapToObj(row -> unit(train, row)).toArray(double[][]::new);
        int right = 0;
        for (int query = 0; query < VAL; query++) {
            final double[] own = unit(val, query);
            final double[] similarities = Arrays.stream(bank).mapToDouble(row -> dot(row, own)).toArray();
            final double[] votes = new double[BundledImages.CLASSES];
            IntStream.range(0, TRAIN).boxed().sorted(Comparator.comparingDouble(row -> -similarities[row])).limit(20)
                    .forEach(row -> votes[train.labels()[row]] += Math.exp(similarities[row] / 0.07));
            final int answer = IntStream.range(0, votes.length).boxed().max(Comparator.comparingDouble(c -> votes[c]))
                    .orElseThrow();
            right += answer == val.labels()[query] ? 1 : 0;
        }

        assertThat(right).isGreaterThan(VAL / 2);
        assertThat(Optional.ofNullable(found).orElseThrow().accuracy(1, 20, BundledImages.CLASSES, 0.07) * VAL)
                .as("one image may have two answers that float32 cannot tell apart").isCloseTo(right, within(1.0));
    }

    /**
     * scikit-learn's LogisticRegression (1.7: C = 1, LBFGS) on standardised means of 4 x 4 pixels. With few features its penalty decides little.
     */
    @Test
    void aLinearProbeIsAsAccurateAsScikitLearns() throws Exception {
        final String python = Optional.ofNullable(System.getenv("RETORT_PYTHON")).orElse("python3");
        Assumptions.assumeTrue(has(python), python + " has no scikit-learn");
        final Path program = Files.writeString(folder.resolve("probe.py"), """
                import gzip, sys
                import numpy as np
                from sklearn.linear_model import LogisticRegression
                from sklearn.preprocessing import StandardScaler
                def read(name, count):
                    images = np.frombuffer(gzip.open(sys.argv[1] + "/%s-images-idx3-ubyte.gz" % name).read(), np.uint8, offset=16)
                    labels = np.frombuffer(gzip.open(sys.argv[1] + "/%s-labels-idx1-ubyte.gz" % name).read(), np.uint8, offset=8)
                    return images.reshape(-1, 7, 4, 7, 4)[:count].mean((2, 4)).reshape(-1, 49) / 255, labels[:count]
                (x, y), (a, b) = read("train", int(sys.argv[2])), read("t10k", int(sys.argv[3]))
                scaler = StandardScaler().fit(x)
                model = LogisticRegression(max_iter=5000).fit(scaler.transform(x), y)
                print("right", int((model.predict(scaler.transform(a)) == b).sum()))
                """);
        final int theirs = Integer.parseInt(output(python, program.toString(),
                Path.of(System.getProperty("retort.root", ".."), "compose/data/fashion-mnist").toString(),
                Integer.toString(LINEAR_TRAIN), Integer.toString(LINEAR_VAL)).replaceAll("\\D", ""));

        assertThat(trained()).as("scikit-learn: %d of %d", theirs, LINEAR_VAL).isCloseTo(theirs,
                within((int) (LINEAR_VAL * 0.005)));
    }

    private static int trained() throws IOException {
        final FeatureBlock known = pooled(BundledImages.read("train", LINEAR_TRAIN));
        final FeatureBlock asked = pooled(BundledImages.read("t10k", LINEAR_VAL));
        final LinearProbe probe = LinearProbe.draw(engine, POOLED, BundledImages.CLASSES, Lars.withWeightDecay(0), 0);
        for (int step = 0; step < STEPS; step++) {
            final double done = (double) step / STEPS;
            final double rate = done < 0.1 ? 8 * done / 0.1 : 4 * (1 + Math.cos(Math.PI * (done - 0.1) / 0.9));
            engine.call(() -> probe.step(known.rows(), known.labels(), rate));
        }
        final float[] logits = engine.call(() -> probe.logits(asked.rows(), LINEAR_VAL));
        return (int) IntStream.range(0, LINEAR_VAL).filter(i -> IntStream.range(0, BundledImages.CLASSES).boxed()
                .max(Comparator.comparingDouble(c -> logits[i * BundledImages.CLASSES + c])).orElseThrow() == asked.labels()[i])
                .count();
    }

    /** Means of 4 x 4 pixels. */
    private static FeatureBlock pooled(FeatureBlock images) {
        final float[] rows = new float[images.count() * POOLED];
        for (int i = 0; i < images.rows().length; i++) {
            final int pixel = i % BundledImages.WIDTH;
            rows[i / BundledImages.WIDTH * POOLED + pixel / 28 / 4 * 7 + pixel % 28 / 4] += images.rows()[i] / 16;
        }
        return new FeatureBlock(rows, POOLED, images.labels());
    }

    private static boolean has(String python) {
        try {
            return output(python, "-c", "import sklearn; print('there')").contains("there");
        } catch (IOException e) {
            return false;
        }
    }

    private static String output(String... command) throws IOException {
        final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OMP_NUM_THREADS", "1"); // its threads spin while they wait
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        final Process process = builder.start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static Flux<FeatureBlock> blocks(FeatureBlock all, int size) {
        return Flux.range(0, Math.ceilDiv(all.count(), size)).map(block -> {
            final int from = block * size;
            final int to = Math.min(all.count(), from + size);
            return new FeatureBlock(Arrays.copyOfRange(all.rows(), from * all.width(), to * all.width()), all.width(),
                    Arrays.copyOfRange(all.labels(), from, to));
        });
    }

    private static double[] unit(FeatureBlock block, int row) {
        final double[] values = IntStream.range(0, block.width()).mapToDouble(i -> block.rows()[row * block.width() + i])
                .toArray();
        final double length = Math.sqrt(dot(values, values));
        return Arrays.stream(values).map(value -> value / length).toArray();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
