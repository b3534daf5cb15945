package retort.evaluator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.EmbeddedBroker;
import retort.record.Evaluation;

/**
 * Kills evaluators with SIGKILL while they score checkpoints of several runs. Every (run, step, suite) gets exactly one result.
 * {@code -Dkills=20 -Dcheckpoints=30} gives the long form.
 */
class EvaluatorKillTest {
    private static final int KILLS = Integer.getInteger("kills", 3);
    private static final int CHECKPOINTS = Integer.getInteger("checkpoints", 12);
    private static final int RUNS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @TempDir
    static Path brokerDirectory;
    private static EmbeddedBroker broker;

    @TempDir
    Path checkpoints;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(brokerDirectory);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void oneEvaluatorThatIsKilledAgainAndAgain() throws Exception {
        try (Published published = new Published(broker, checkpoints)) {
            kill(published, List.of("evaluator.id=only"));
        }
    }

    @Test
    void twoEvaluatorsThatShareTheWorkAndAreKilledInTurn() throws Exception {
        try (Published published = new Published(broker, checkpoints)) {
            kill(published, List.of("evaluator.id=a, evaluator.group=shared", "evaluator.id=b, evaluator.group=shared"));
        }
    }

    /** Runs a process for each of {@code evaluators}, and kills and starts one of them again and again. */
    private static void kill(Published published, List<String> evaluators) throws Exception {
        published.streams();
        final long seed = Long.getLong("kill.seed", System.nanoTime());
        final Random random = new Random(seed);
        final Map<String, Process> processes = new HashMap<>();
        try {
            for (final String evaluator : evaluators)
                processes.put(evaluator, start(published, evaluator));
            for (int i = 0; i < CHECKPOINTS; i++) {
                int before = evaluations(published); // then a checkpoint comes, so that there will be more
                published.checkpoint("run" + i % RUNS, i, i);
                for (int kill = KILLS * i / CHECKPOINTS; kill < KILLS * (i + 1) / CHECKPOINTS; kill++) {
                    if (random.nextInt(4) > 0) { // some are killed while they start
                        final int until = before;
                        await().atMost(PATIENCE).until(() -> evaluations(published) > until);
                    }
                    final String victim = evaluators.get(random.nextInt(evaluators.size()));
                    final Process process = processes.get(victim);
                    process.waitFor(random.nextInt(500), TimeUnit.MILLISECONDS);
                    assertThat(process.isAlive()).as("seed %d: it must not end by itself", seed).isTrue();
                    process.destroyForcibly().waitFor();
                    before = evaluations(published);
                    published.checkpoint("more", CHECKPOINTS + kill, kill);
                    processes.put(victim, start(published, victim));
                }
            }
            final int all = 2 * (CHECKPOINTS + KILLS) + 1; // two suites, and the raw pixels
            await().atMost(PATIENCE).until(() -> evaluations(published) == all);
        } finally {
            for (final Process process : processes.values())
                process.destroyForcibly().waitFor();
        }
        final List<String> names = new ArrayList<>();
        for (final Evaluation evaluation : published.all(published.topics.evaluations())) {
            assertThat(evaluation.getError()).as("seed %d", seed).isNull();
            names.add(evaluation.getRun() + "/" + evaluation.getStep() + "/" + evaluation.getSuite());
        }
        assertThat(names).as("seed %d", seed).doesNotHaveDuplicates().hasSize(2 * (CHECKPOINTS + KILLS) + 1);
        assertThat(names).extracting(name -> name.replaceFirst("/.*", "")).contains("more", "raw-pixels", "run0", "run1", "run2");
    }

    private static int evaluations(Published published) {
        return published.broker.keys(published.topics.evaluations()).size();
    }

    private static Process start(Published published, String evaluator) throws IOException {
        return EvaluatorProcess.start(published.broker, evaluator, "evaluator.knn.k=5, evaluator.knn.more-k=[]",
                "evaluator.suites=[knn, reconstruction]");
    }
}
