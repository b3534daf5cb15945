package retort.compose.study;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import retort.console.StatusLine;
import retort.kafka.Broker;
import retort.record.RunState;
import retort.record.TrainingProgress;
import retort.trainer.settings.RunSettings;

/**
 * Follows the topic {@code progress} and writes one status line: the runs that are done, the share of all images that is trained on, and
 * the time that is left at the pace since this process trains. The reader's thread feeds it; any thread may close it.
 */
final class StudyProgress implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StudyProgress.class);
    private static final double NANOS = 1e9;
    /** Images are counted for so long, in ns, before the time that is left is told. */
    private static final long LEAST = 20_000_000_000L;

    private final Study study;
    private final StatusLine line;
    private final Map<String, TrainingProgress> latest = new HashMap<>();
    private final long began = System.nanoTime();
    private final Disposable subscription;
    /** Images that were trained on before this process, -1 until that is known, and the time at which it still had none. */
    private double before = -1;
    private long since = began;

    StudyProgress(Study study, Broker broker, StatusLine line) {
        this.study = study;
        this.line = line;
        this.subscription = broker.replay(broker.topics().progress(), "study-progress").subscribe(
                next -> heard(next.isPresent() ? next.get().value() : null, next.isEmpty()),
                error -> LOG.warn("the progress of the study cannot be followed any more: {}", error.getMessage()));
    }

    private synchronized void heard(@Nullable TrainingProgress progress, boolean live) {
        if (progress != null && study.runs().containsKey(progress.getRun())
                && (progress.getState() != RunState.STARTING || !latest.containsKey(progress.getRun()))) // its step is not known yet
            latest.put(progress.getRun(), progress);
        if (live)
            before = images();
        if (images() <= before) // finished runs are passed over, which takes seconds
            since = System.nanoTime();
        if (before >= 0)
            line.update(text(System.nanoTime()));
    }

    private String text(long now) {
        final long done = latest.values().stream().filter(each -> each.getState() == RunState.FINISHED).count();
        final double all = Math.max(1, all()); // 0 before the first run by epochs has told its steps
        final String running = latest.values().stream()
                .filter(each -> each.getState() == RunState.TRAINING || each.getState() == RunState.WAITING)
                .map(each -> each.getRun() + " at step " + each.getStep() + " of " + each.getSteps()).sorted()
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "%d of %d runs done, %.1f %% of the images, %s%s", done, study.runs().size(),
                100 * images() / all, left(now, all), running.isEmpty() ? "" : "; " + running);
    }

    private String left(long now, double all) {
        final double trained = images() - before;
        if (trained <= 0 || now - since < LEAST)
            return "time left not known yet";
        return duration(Duration.ofMillis((long) ((all - images()) / trained * (now - since) / NANOS * 1000))) + " left";
    }

    static String duration(Duration time) {
        return time.toHours() > 0
                ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toMinutes() > 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }

    private double images() {
        return latest.values().stream().mapToDouble(each -> each.getState() == RunState.FINISHED
                ? all(each.getRun())
                : (double) each.getStep() * each.getBatch()).sum();
    }

    private double all() {
        return study.runs().keySet().stream().mapToDouble(this::all).sum();
    }

    /** Images of a run. One by epochs counts as long as a run of the same name in the file says on the topic; 0 before. */
    private double all(String run) {
        final RunSettings settings = study.checked(run);
        if (settings.epochs().isEmpty())
            return (double) settings.steps() * settings.batch();
        return latest.values().stream().filter(each -> template(each.getRun()).equals(template(run)) && each.getSteps() > 0)
                .mapToDouble(each -> (double) each.getSteps() * each.getBatch()).max().orElse(0);
    }

    private String template(String run) {
        return study.run(run).template();
    }

    @Override
    public void close() {
        subscription.dispose();
    }
}
