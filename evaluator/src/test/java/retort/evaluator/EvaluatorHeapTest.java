package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;
import retort.record.Evaluation;

/** 50,000 validation images, of 8 x 8 pixels, are scored in a process with a heap of 256 MiB, and no stream is kept in memory. */
class EvaluatorHeapTest {
    private static final int IMAGES = 50_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    @Test
    void memoryDoesNotGrowWithTheValidationSet() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"));
                Published published = new Published(broker, folder.resolve("checkpoints"))) {
            published.complete(published.stream("val", IMAGES, 1000));
            published.complete(published.stream("probe", 600, 0));
            published.checkpoint("run", 0, 1);
            final Process process = EvaluatorProcess.start(published.broker, "evaluator.held-pixels=0",
                    "evaluator.suites=[knn, reconstruction, linear], evaluator.linear.checkpoints=all, evaluator.yardstick=false",
                    "evaluator.linear.epochs=1, evaluator.linear.least-steps=20");
            try {
                await().atMost(PATIENCE).until(() -> !process.isAlive()
                        || published.broker.keys(published.topics.evaluations()).size() == 3);
                assertThat(process.isAlive()).as("it ends only if memory is short").isTrue();
            } finally {
                process.destroyForcibly().waitFor();
            }
            final Map<String, Long> images = published.broker.table(published.topics.evaluations()).values().stream()
                    .collect(Collectors.toMap(Evaluation::getSuite, Evaluation::getImages));
            assertThat(images).isEqualTo(Map.of("knn", (long) IMAGES, "reconstruction", (long) IMAGES, "linear", (long) IMAGES));
        }
    }
}
