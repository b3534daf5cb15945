package retort.compose.study;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import retort.compose.console.Failures;
import retort.console.StatusLine;
import retort.thread.Worker;
import retort.trainer.TrainerService;
import retort.trainer.engine.Engine;

/**
 * Trains the runs of a study, some at one time, each in a {@link TrainerService} of its own. A run begins when the runs that it builds on
 * are done. A run that fails is told in one sentence, and those that build on it are left out; all others go on. Its thread
 * {@code retort-study} starts and closes the services. Any thread may close it.
 */
final class Trainers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Trainers.class);
    /** Longer than a service takes to finish its step and its checkpoint. */
    private static final Duration STOP_WAIT = Duration.ofHours(2);

    private final Config config;
    private final Engine engine;
    private final IntFunction<StatusLine> lines;
    private final int atATime;
    private final Worker worker = Worker.named("retort-study");
    private final Sinks.Empty<Void> done = Sinks.empty();
    private final SequencedMap<String, PlannedRun> waiting;
    private final Map<String, Training> training = new LinkedHashMap<>();
    private final Set<String> finished = new HashSet<>();
    private final SequencedSet<String> failed = new LinkedHashSet<>();
    private boolean stopping;

    /** @param slot the number of the status line that the run uses */
    private record Training(PlannedRun run, TrainerService service, int slot) {
    }

    private Trainers(Study study, Config config, Engine engine, IntFunction<StatusLine> lines) {
        this.config = config;
        this.engine = engine;
        this.lines = lines;
        this.atATime = study.settings().atATime();
        this.waiting = new LinkedHashMap<>(study.runs());
    }

    /**
     * Returns at once.
     *
     * @param lines status lines by number, from 0 to one below {@code study.at-a-time}
     */
    static Trainers start(Study study, Config config, Engine engine, IntFunction<StatusLine> lines) {
        final Trainers trainers = new Trainers(study, config, engine, lines);
        trainers.worker.execute(trainers::begin);
        return trainers;
    }

    /** Completes when every run is done, has failed, or builds on one that has. */
    Mono<Void> done() {
        return done.asMono();
    }

    private void begin() {
        worker.requireCurrent();
        Optional<PlannedRun> next = next();
        while (!stopping && training.size() < atATime && next.isPresent()) {
            begin(next.get());
            next = next();
        }
        if (training.isEmpty())
            done.tryEmitEmpty();
    }

    /** The first run whose needs are done. Leaves out those whose needs have failed. */
    private Optional<PlannedRun> next() {
        for (final PlannedRun run : List.copyOf(waiting.values())) {
            final Optional<String> broken = run.needs().stream().filter(failed::contains).findFirst();
            if (broken.isPresent()) {
                waiting.remove(run.name());
                fail(run, "it builds on run " + broken.get() + ", which has failed");
            } else if (finished.containsAll(run.needs()))
                return Optional.of(run);
        }
        return Optional.empty();
    }

    private void begin(PlannedRun run) {
        waiting.remove(run.name());
        int slot = 0;
        while (isTaken(slot))
            slot++;
        try {
            final TrainerService service = TrainerService.start(Study.over(config, List.of(run)), engine, lines.apply(slot));
            training.put(run.name(), new Training(run, service, slot));
            service.done().subscribe(nothing -> {
            }, error -> worker.offer(() -> ended(run, error)), () -> worker.offer(() -> ended(run, null)));
        } catch (RuntimeException e) {
            fail(run, Failures.describe(e));
        }
    }

    private boolean isTaken(int slot) {
        return training.values().stream().anyMatch(other -> other.slot() == slot);
    }

    private void ended(PlannedRun run, @Nullable Throwable error) {
        worker.requireCurrent();
        final Training ended = training.remove(run.name());
        if (ended == null)
            return; // closed meanwhile
        ended.service().close();
        if (error == null)
            finished.add(run.name());
        else
            fail(run, Failures.describe(error));
        begin();
    }

    private void fail(PlannedRun run, String why) {
        failed.add(run.name());
        LOG.warn("run {} of the study is left out, and the others go on: {}", run.name(), why);
    }

    /** Lets the steps under way end, and returns when all runs are saved. */
    @Override
    public void close() {
        worker.offer(() -> {
            stopping = true;
            final List<Training> all = new ArrayList<>(training.values());
            training.clear();
            all.forEach(each -> each.service().close());
        });
        worker.close(STOP_WAIT);
    }
}
