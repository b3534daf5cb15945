package retort.compose.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import retort.compose.chaos.Fault.Victim;

/**
 * The three services of a job, each in a process. A service that ends by itself is started again, as a supervisor does. One thread
 * calls it, and any thread may close it.
 */
final class Services implements AutoCloseable {
    private static final Map<Victim, String> COMMANDS = Map.of(Victim.INGEST, "ingest", Victim.TRAINER, "train", Victim.EVALUATOR,
            "evaluate");
    private static final Duration STOP_WAIT = Duration.ofSeconds(30);

    private final Path directory;
    private final Path settings;
    private final Warden warden;
    private final Consumer<String> report;
    private final Map<Victim, ServiceProcess> present = new ConcurrentHashMap<>();
    /** Processes whose place another one has taken. They end by themselves when they notice it. */
    private final List<ServiceProcess> replaced = new CopyOnWriteArrayList<>();
    private int endedByThemselves;
    private boolean closed;

    /**
     * @param settings file with all settings
     * @param warden watches over the processes
     * @param report receives a line for each service that ends by itself
     */
    Services(Path directory, Path settings, Warden warden, Consumer<String> report) {
        this.directory = directory;
        this.settings = settings;
        this.warden = warden;
        this.report = report;
    }

    void startAll() {
        COMMANDS.keySet().stream().sorted().forEach(this::start);
    }

    private synchronized void start(Victim service) {
        if (closed)
            throw new Stuck("the job was ended from outside");
        final ServiceProcess process = ServiceProcess.start(directory, Objects.requireNonNull(COMMANDS.get(service)),
                service.toString(), settings);
        warden.watch(process.handle());
        present.put(service, process);
    }

    ServiceProcess of(Victim service) {
        return Objects.requireNonNull(present.get(service));
    }

    /** Kills a service and starts it again. */
    void kill(Victim service) {
        of(service).close();
        start(service);
    }

    /** Starts a second process of a service. The first one is left as it is. */
    void startSecond(Victim service) {
        replaced.add(of(service));
        start(service);
    }

    /** Starts every service again that has ended by itself. A trainer that has done all its runs has not. */
    void supervise() {
        for (final Victim service : COMMANDS.keySet()) {
            final ServiceProcess process = of(service);
            if (process.isAlive() || (service == Victim.TRAINER && process.exitCode() == 0))
                continue;
            endedByThemselves++;
            report.accept("  " + service + " ended by itself with exit code " + process.exitCode() + " and is started again: "
                    + lastLine(service));
            start(service);
        }
    }

    /** Number of times that a service has ended by itself. */
    int endedByThemselves() {
        return endedByThemselves;
    }

    /** Where each service stands, as the end of a sentence. Those that live also write the stacks of their threads to their logs. */
    String stand() {
        final StringBuilder stand = new StringBuilder();
        present.keySet().stream().sorted().forEach(service -> {
            final ServiceProcess process = of(service);
            stand.append("; ").append(service)
                    .append(process.isAlive() ? " lives" : " ended with exit code " + process.exitCode())
                    .append(", and said last: ")
                    .append(lastLine(service));
            process.writeStacks();
        });
        return stand.append("; the logs are in ").append(directory).toString();
    }

    private String lastLine(Victim service) {
        try {
            final List<String> lines = Files.readAllLines(directory.resolve(service + ".log"));
            return lines.isEmpty() ? "it said nothing" : lines.getLast();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Ends all services by SIGTERM. @return true if each has ended in order */
    boolean stopAll() throws InterruptedException {
        boolean inOrder = true;
        for (final ServiceProcess process : present.values())
            inOrder &= process.stop(STOP_WAIT) && process.exitCode() == 0;
        return inOrder;
    }

    /** Kills all processes that are left. */
    @Override
    public synchronized void close() {
        closed = true;
        replaced.forEach(ServiceProcess::close);
        present.values().forEach(ServiceProcess::close);
    }
}
