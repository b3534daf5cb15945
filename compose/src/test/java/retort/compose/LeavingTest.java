package retort.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import retort.broker.BrokerProcess;
import retort.broker.Link;
import retort.kafka.Broker;
import retort.trainer.checkpoint.CheckpointStore;
import retort.trainer.ledger.Ledger;

/**
 * The services as processes are asked to leave (SIGTERM) while their broker is away: paused, killed, or behind a link that loses every
 * byte. Docker gives a process 10 s. The deadline of the test is longer, because machines differ; the times are printed.
 */
class LeavingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration DEADLINE = Duration.ofSeconds(40);

    @TempDir
    Path folder;

    @Test
    void everyServiceLeavesSoonWithoutItsBrokerAndAnnouncesAtItsNextStartWhatItCouldNot() throws Exception {
        try (Link link = Link.toFreePort();
                BrokerProcess server = BrokerProcess.behind(link, folder.resolve("kafka"), Map.of())) {
            final Broker broker = Broker.at(server.bootstrapServers(), "retort.");
            final String settings = settings(link);

            link.silence();
            leave("before a broker has answered", start(settings, () -> await().atMost(PATIENCE).until(link::isUsed)), () -> {
            });
            link.restore();

            final Runnable ready = () -> await().atMost(PATIENCE).ignoreExceptions().until(() -> announces(broker));
            leave("while the broker is paused", start(settings, ready), server::pause);
            server.resume();
            leave("after the broker was killed", start(settings, ready), server::kill);
            server.start();
            leave("while every byte is lost", start(settings, ready), link::silence);
            link.restore();

            final long saved = new CheckpointStore(folder.resolve("checkpoints")).latest("small").orElseThrow().state().step();
            try (RetortProcess trainer = RetortProcess.start(folder, "train", "--config", settings)) {
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(broker.table(broker.topics().checkpoints()))
                        .containsKey("small/" + saved));
                trainer.terminate();
                assertThat(trainer.await(DEADLINE)).isZero();
            }
        }
    }

    /** True if this start of the services has announced a checkpoint that it saved itself, and evaluated one. */
    private boolean announces(Broker broker) {
        final long saved = new CheckpointStore(folder.resolve("checkpoints")).latest("small").orElseThrow().state().step();
        final boolean goesOn = saved > before;
        return goesOn && broker.table(broker.topics().checkpoints()).containsKey("small/" + saved)
                && broker.table(broker.topics().evaluations()).values().stream().anyMatch(each -> each.getRun().equals("small"));
    }

    private long before = -1;

    private Map<String, RetortProcess> start(String settings, Runnable ready) throws IOException {
        final Map<String, RetortProcess> services = new LinkedHashMap<>();
        for (final String service : new String[]{"ingest", "train", "evaluate"})
            services.put(service, RetortProcess.start(folder, service, "--config", settings));
        try {
            ready.run();
        } catch (RuntimeException | Error e) {
            services.forEach((name, process) -> System.out.println(name + " said:\n" + process.out() + process.err()));
            services.values().forEach(RetortProcess::close);
            throw e;
        }
        return services;
    }

    private void leave(String when, Map<String, RetortProcess> services, Runnable fault) throws InterruptedException {
        try {
            fault.run();
            final long start = System.nanoTime();
            services.values().forEach(RetortProcess::terminate);
            final Map<String, String> seconds = new LinkedHashMap<>();
            final Map<String, RetortProcess> left = new LinkedHashMap<>(services);
            while (!left.isEmpty())
                for (final Map.Entry<String, RetortProcess> service : services.entrySet())
                    if (left.containsKey(service.getKey()) && (service.getValue().endsWithin(Duration.ofMillis(20))
                            || System.nanoTime() - start > DEADLINE.toNanos())) {
                        assertThat(service.getValue().await(Duration.ofMillis(1))).as(service.getKey() + " " + when).isZero();
                        seconds.put(service.getKey(), String.format("%.1f s", (System.nanoTime() - start) / 1e9));
                        left.remove(service.getKey());
                    }
            System.out.println("left " + when + ": " + seconds);
            services.forEach(
                    (name, process) -> assertThat(process.err()).as(name + " " + when).doesNotContain("ERROR", "Exception"));
            Ledger.read(folder.resolve("checkpoints").resolve("small")).ifPresent(ledger -> {
                before = new CheckpointStore(folder.resolve("checkpoints")).latest("small").orElseThrow().state().step();
                assertThat(ledger.entries()).as("every step is saved").hasSize(Math.toIntExact(before));
            });
        } finally {
            services.values().forEach(RetortProcess::close);
        }
    }

    private String settings(Link link) throws IOException {
        final Path file = folder.resolve("leaving.conf");
        Files.writeString(file, """
                kafka.bootstrap.servers = "%s"
                ingest {
                  source = "idx:"${RETORT_DATA}"/fashion-mnist/train", samples = 512, probe.samples = 64
                  val { source = "idx:"${RETORT_DATA}"/fashion-mnist/t10k", samples = 64 }
                  recipe.name = none, image = 28, channels = 1, mean = [0.2863], std = [0.3540]
                }
                trainer {
                  device = cpu, threads = 1, checkpoints = "%s", batch = 16, steps = 1000000, checkpoint-every = 30
                  runs = [{ name = small, objective = pretrain
                    model { width = 16, depth = 1, heads = 2, patch = 7 }, decoder { width = 8, depth = 1, heads = 2 } }]
                }
                evaluator.suites = [knn]
                """.formatted(link.address(), folder.resolve("checkpoints")));
        return file.toString();
    }
}
