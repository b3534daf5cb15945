package retort.compose.chaos;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import retort.broker.BrokerProcess;
import retort.broker.Link;
import retort.compose.chaos.Fault.Victim;
import retort.kafka.Broker;

/**
 * The job under the faults of a plan. The broker and the services are processes, and a {@link Link} lies between them. Each fault strikes
 * when the job has recovered from the one before. The trainer is stopped while it is too far ahead of the plan, because the job must not be
 * done before the last fault. Confined to the main thread, which closes it.
 */
final class Storm implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long LOOK_MILLIS = 50;
    private static final Duration LATENCY = Duration.ofMillis(150);

    private final FaultPlan plan;
    private final Consumer<String> report;
    private final Warden warden = Warden.start();
    private final Link link = Link.toFreePort();
    private final BrokerProcess server;
    private final Broker broker;
    private final JobProgress progress;
    private final Services services;
    private long gate = Long.MAX_VALUE;
    private boolean gated;

    /** Starts the broker and the services. */
    Storm(Job job, Config demo, Path directory, FaultPlan plan, Consumer<String> report) throws IOException {
        this.plan = plan;
        this.report = report;
        this.server = BrokerProcess.behind(link, directory.resolve("kafka"), Map.of());
        warden.watch(server.process());
        this.broker = Broker.at(server.bootstrapServers(), "retort.");
        final Path settings = directory.resolve("job.conf");
        Files.writeString(settings, job.text(demo, link.address(), directory));
        broker.ensureEventTopics();
        this.progress = new JobProgress(broker);
        this.services = new Services(directory, settings, warden, report);
        Runtime.getRuntime().addShutdownHook(new Thread(services::close, "retort-chaos-stop")); // Ctrl-C leaves no process behind
        services.startAll();
    }

    /** The broker, not through the link. */
    Broker broker() {
        return broker;
    }

    int endedByThemselves() {
        return services.endedByThemselves();
    }

    /**
     * Lets all faults strike, and waits until the job is done.
     *
     * @param evaluated true when every checkpoint is evaluated
     * @throws Stuck if the job does not go on
     */
    void run(BooleanSupplier evaluated) throws InterruptedException {
        for (int i = 0; i < plan.faults().size(); i++) {
            final Fault fault = plan.faults().get(i);
            gate = plan.steps() * (i + 1) / (plan.faults().size() + 1);
            open();
            await("step " + fault.step(), () -> progress.steps() >= Math.min(fault.step(), gate));
            pause(fault.delay());
            open();
            final long step = progress.steps();
            final long began = System.nanoTime();
            strike(fault);
            report.accept(String.format(Locale.ROOT, "fault %d of %d: %s at step %d: works again after %.1f s, at step %d", i + 1,
                    plan.faults().size(), fault.words(), step, (System.nanoTime() - began) / 1e9, progress.steps()));
        }
        gate = Long.MAX_VALUE;
        open();
        await("the end of all runs", () -> progress.isDone() && !services.of(Victim.TRAINER).isAlive());
        await("the evaluation of every checkpoint", evaluated);
        if (!services.stopAll())
            report.accept("  not every service has ended in order");
    }

    private void strike(Fault fault) throws InterruptedException {
        final Victim victim = fault.victim();
        switch (fault.kind()) {
            case KILL -> {
                if (victim == Victim.BROKER)
                    restart(server::kill);
                else
                    services.kill(victim);
            }
            case PAUSE -> {
                services.of(victim).pause();
                pause(fault.length());
                services.of(victim).resume();
            }
            case DOUBLE -> {
                services.of(victim).pause();
                final ServiceProcess first = services.of(victim);
                services.startSecond(victim);
                recover(victim);
                first.resume();
            }
            case RESTART -> restart(server::stop);
            case LATENCY -> {
                link.delay(LATENCY);
                pause(fault.length());
                link.delay(Duration.ZERO);
            }
            case CUT -> link.cut();
            case SILENCE -> {
                link.silence();
                pause(fault.length());
                link.restore();
            }
        }
        recover(victim);
    }

    private void restart(Runnable end) {
        end.run();
        server.start();
        warden.watch(server.process());
    }

    /** Waits until the victim works again. After a fault of the broker that is when the trainer's progress arrives again. */
    private void recover(Victim victim) throws InterruptedException {
        final long held = gate;
        if (victim == Victim.BROKER || victim == Victim.TRAINER) { // a trainer that is held by the gate cannot show that it works
            gate = Long.MAX_VALUE;
            open();
        }
        final long heard = progress.events();
        await(victim + " to work", () -> switch (victim) {
            case BROKER -> progress.events() > heard + 1 || isTrained();
            case TRAINER -> services.of(victim).isReady() || isTrained();
            case INGEST, EVALUATOR -> services.of(victim).isReady();
        });
        gate = held;
    }

    private boolean isTrained() {
        return progress.isDone() && !services.of(Victim.TRAINER).isAlive();
    }

    /** Waits, starts services again that end by themselves, and holds the trainer at the gate. */
    private void await(String what, BooleanSupplier there) throws InterruptedException {
        final long end = System.nanoTime() + PATIENCE.toNanos();
        while (!there.getAsBoolean()) {
            if (System.nanoTime() > end)
                throw new Stuck(
                        "waited in vain for " + what + " for " + PATIENCE.toSeconds() + " s, at step " + progress.steps()
                                + services.stand());
            services.supervise();
            if (!gated && progress.steps() > gate) {
                services.of(Victim.TRAINER).pause();
                gated = true;
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private void open() {
        if (gated)
            services.of(Victim.TRAINER).resume();
        gated = false;
    }

    private void pause(Duration time) throws InterruptedException {
        final long end = System.nanoTime() + time.toNanos();
        await(time + " to pass", () -> System.nanoTime() >= end);
    }

    @Override
    public void close() {
        services.close();
        progress.close();
        server.close();
        link.close();
        warden.close();
    }
}
