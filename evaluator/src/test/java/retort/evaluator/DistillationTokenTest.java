package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.Config;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;
import retort.console.StatusLine;
import retort.evaluator.linear.ProbeCheck;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.settings.Settings;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;
import retort.trainer.engine.EngineSettings;
import retort.trainer.model.VitShape;
import retort.trainer.weights.SafeTensors;

/**
 * The whole way of G2SD's second stage: a classifier learns with a distillation token, and the evaluator scores its checkpoints. Every
 * figure is that of {@link PlainClassifier} on the same images.
 */
class DistillationTokenTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final VitShape SHAPE = new VitShape(8, 2, 1, 24, 2, 2);
    private static final int STEPS = 30;
    private static final int NEIGHBOURS = 5;
    private static final double TEMPERATURE = 0.07;
    private static final int PROBE_STEPS = 40;
    private static final double PROBE_RATE = 4;

    @TempDir
    Path folder;

    @Test
    void isScoredByTheMeanOfItsHeadsAndTheFeaturesOfItsClassToken() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
                Engine engine = Engine.start(new EngineSettings("cpu", 1));
                Published published = new Published(broker, folder).streams()) {
            published.stream("train", STEPS * 10, 5000);
            final Config config = config(published, broker);
            try (TrainerService trainer = TrainerService.start(config, engine, StatusLine.SILENT)) {
                trainer.done().block(PATIENCE);
            }
            try (EvaluatorService service = EvaluatorService.start(config, engine, StatusLine.SILENT)) {
                service.caughtUp().block(PATIENCE);
            }
            assertThat(published.all(published.topics.rejected())).isEmpty();
            final List<Evaluation> scores = published.all(published.topics.evaluations()).stream()
                    .filter(score -> score.getRun().equals("student")).toList();
            assertThat(scores).hasSize(6).allSatisfy(score -> assertThat(score.getError()).isNull());
            for (final long step : new long[]{0, STEPS})
                check(engine, published, step, scores.stream().filter(score -> score.getStep() == step)
                        .collect(Collectors.toMap(Evaluation::getSuite, Evaluation::getMetrics)));
        }
    }

    private Config config(Published published, EmbeddedBroker broker) {
        final String model = "model = {width = 24, depth = 2, heads = 2, patch = 2}, batch = 10, checkpoints-per-run = 2, steps = "
                + STEPS;
        return Settings.load(Optional.empty(), List.of("kafka.bootstrap.servers=" + broker.bootstrapServers(),
                "topics.prefix=" + published.topics.prefix(), "trainer.checkpoints=\"" + folder + "\"",
                "trainer.optimizer.lr=4.0e-3",
                "trainer.runs=[{name = teacher, objective = finetune, init = scratch, mixup = 0, " + model
                        + "}, {name = student, objective = finetune, init = scratch, mixup = 0, pooling = token,"
                        + " distillation-token = true, teacher = \"run:teacher\", " + model + "}]",
                "evaluator.suites=[classification, knn, linear]", "evaluator.linear.checkpoints=all",
                "evaluator.knn.k=" + NEIGHBOURS, "evaluator.knn.temperature=" + TEMPERATURE, "evaluator.linear.epochs=1",
                "evaluator.linear.least-steps=" + PROBE_STEPS, "evaluator.linear.warmup=0", "evaluator.linear.lr=" + PROBE_RATE));
    }

    private static void check(Engine engine, Published published, long step, Map<String, Map<String, Double>> scores) {
        final CheckpointReady checkpoint = published.broker.table(published.topics.checkpoints()).get("student/" + step);
        final var model = new PlainClassifier(SHAPE, SafeTensors.read(Path.of(URI.create(checkpoint.getUri()))));
        final List<PlainClassifier.Answer> val = answers(model, 1000, 30);
        final List<PlainClassifier.Answer> probe = answers(model, 0, 60);
        final int[] labels = labels(1000, 30);

        final Map<String, Double> classification = scores.get("classification");
        assertThat(classification.get("top1")).isCloseTo(right(val.stream().map(PlainClassifier.Answer::logits).toList(), labels),
                within(1e-9));
        assertThat(classification.get("loss")).isCloseTo(IntStream.range(0, labels.length)
                .mapToDouble(i -> -Math.log(PlainClassifier.softmax(val.get(i).logits())[labels[i]])).average().orElseThrow(),
                within(1e-5));
        assertThat(scores.get("knn").get("top1"))
                .isCloseTo(right(val.stream().map(each -> votes(each.features(), probe)).toList(),
                        labels), within(1e-9));
        assertThat(scores.get("linear").get("loss")).isCloseTo(
                ProbeCheck.loss(engine, features(probe), labels(0, 60), features(val), labels, PROBE_STEPS, PROBE_RATE),
                within(1e-3));
        if (step == STEPS)
            assertThat(classification.get("top1")).as("it has learned").isGreaterThan(0.9);
    }

    private static List<PlainClassifier.Answer> answers(PlainClassifier model, long firstId, int count) {
        return LongStream.range(firstId, firstId + count).mapToObj(id -> {
            final byte[] pixels = Published.pixels(id, (int) (id % Published.CLASSES));
            return model
                    .of(IntStream.range(0, pixels.length).mapToDouble(i -> ((pixels[i] & 0xFF) / 255.0 - 0.3) / 0.2).toArray());
        }).toList();
    }

    private static int[] labels(long firstId, int count) {
        return LongStream.range(firstId, firstId + count).mapToInt(id -> (int) (id % Published.CLASSES)).toArray();
    }

    private static double right(List<double[]> scores, int[] labels) {
        return IntStream.range(0, labels.length).filter(i -> IntStream.range(0, Published.CLASSES).boxed()
                .max(Comparator.comparingDouble(c -> scores.get(i)[c])).orElseThrow() == labels[i]).count()
                / (double) labels.length;
    }

    /** DINO's: the most similar images of the probe vote for their classes. */
    private static double[] votes(double[] query, List<PlainClassifier.Answer> probe) {
        final int[] classes = labels(0, probe.size());
        final double[] votes = new double[Published.CLASSES];
        IntStream.range(0, probe.size()).boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> similarity(query, probe.get(i).features())).reversed())
                .limit(NEIGHBOURS)
                .forEach(i -> votes[classes[i]] += Math.exp(similarity(query, probe.get(i).features()) / TEMPERATURE));
        return votes;
    }

    private static double similarity(double[] a, double[] b) {
        return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
    }

    private static double product(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static float[] features(List<PlainClassifier.Answer> answers) {
        final float[] rows = new float[answers.size() * SHAPE.width()];
        for (int i = 0; i < rows.length; i++)
            rows[i] = (float) answers.get(i / SHAPE.width()).features()[i % SHAPE.width()];
        return rows;
    }
}
