package retort.evaluator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retort.record.Evaluation;
import retort.trainer.watch.EventFile;

/**
 * Writes the figures of evaluations to TensorBoard event files, {@code FOLDER/RUN/evaluation}, with a tag for each {@code SUITE/METRIC}. The
 * files are made anew from the topic at every start, so that none of its figures is missing and none comes twice. A disk that fails is
 * logged, and evaluation goes on. Blocks; one call at a time. The caller closes it.
 */
final class EvaluationEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluationEvents.class);
    private static final String NAME = "evaluation";

    private final Path folder;
    private final Map<String, EventFile> files = new HashMap<>();
    private boolean failed;

    /**
     * @param folder is made if it does not exist
     * @param before the evaluations on the topic
     */
    EvaluationEvents(Path folder, Collection<Evaluation> before) {
        this.folder = folder;
        before.stream().sorted(Comparator.comparingLong(Evaluation::getStep)).forEach(this::write);
    }

    /** Writes the figures of an evaluation, if it has any and no error. */
    void write(Evaluation evaluation) {
        if (evaluation.getError() != null || evaluation.getMetrics().isEmpty() || failed)
            return;
        try {
            final EventFile.Summary summary = new EventFile.Summary();
            evaluation.getMetrics().forEach((metric, value) -> summary.scalar(evaluation.getSuite() + "/" + metric, value));
            file(evaluation.getRun()).append(evaluation.getStep(), summary);
        } catch (IOException e) {
            failed = true;
            LOG.warn(
                    "TensorBoard folder {} cannot be written ({}): evaluation goes on without it; give another evaluator.tensorboard",
                    folder, e.toString());
        }
    }

    private EventFile file(String run) throws IOException {
        if (!files.containsKey(run)) {
            final Path own = Files.createDirectories(folder.resolve(run).resolve(NAME));
            try (Stream<Path> old = Files.list(own)) {
                for (final Path file : old.filter(EvaluationEvents::isOurs).toList())
                    Files.delete(file);
            }
            files.put(run, EventFile.create(
                    own.resolve(String.format("events.out.tfevents.%010d.%s", Instant.now().getEpochSecond(), NAME)), -1));
        }
        return Objects.requireNonNull(files.get(run));
    }

    private static boolean isOurs(Path file) {
        return file.getFileName().toString().matches("events\\.out\\.tfevents\\.\\d+\\." + NAME);
    }

    @Override
    public void close() {
        for (final EventFile file : List.copyOf(files.values()))
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("a file in TensorBoard folder {} could not be closed: {}", folder, e.toString());
            }
    }
}
