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
import retort.evaluator.feed.PictureFeed;
import retort.record.Evaluation;
import retort.record.Picture;
import retort.trainer.watch.EventFile;

/**
 * Writes the figures and the pictures of evaluations to TensorBoard event files, {@code FOLDER/RUN/evaluation}, with a tag for each
 * {@code SUITE/METRIC} and each {@code SUITE} with pictures. The files are made anew from the topics at every start, so that nothing of them is
 * missing and nothing comes twice. A disk that fails is logged once, and evaluation goes on. Blocks. Any thread; after {@link #close} it
 * writes nothing. The caller closes it.
 */
final class EvaluationEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluationEvents.class);
    private static final String NAME = "evaluation";

    private final Path folder;
    private final Map<String, EventFile> files = new HashMap<>();
    /** True after a failure or a close. */
    private boolean ended;

    /**
     * @param folder is made if it does not exist
     * @param before the evaluations on the topic
     */
    EvaluationEvents(Path folder, Collection<Evaluation> before) {
        this.folder = folder;
        before.stream().sorted(Comparator.comparingLong(Evaluation::getStep)).forEach(this::write);
    }

    /** Writes the figures of an evaluation, if it has any and no error. */
    synchronized void write(Evaluation evaluation) {
        if (evaluation.getError() != null || evaluation.getMetrics().isEmpty())
            return;
        final EventFile.Summary summary = new EventFile.Summary();
        evaluation.getMetrics().forEach((metric, value) -> summary.scalar(evaluation.getSuite() + "/" + metric, value));
        append(evaluation.getRun(), evaluation.getStep(), summary);
    }

    /** Writes a picture. */
    synchronized void write(Picture picture) {
        append(picture.getRun(), picture.getStep(), new EventFile.Summary().image(picture.getSuite(), picture.getHeight(),
                picture.getWidth(), PictureFeed.png(picture)));
    }

    private void append(String run, long step, EventFile.Summary summary) {
        if (ended)
            return;
        try {
            file(run).append(step, summary);
        } catch (IOException e) {
            ended = true;
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
    public synchronized void close() {
        ended = true;
        for (final EventFile file : List.copyOf(files.values()))
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("a file in TensorBoard folder {} could not be closed: {}", folder, e.toString());
            }
    }
}
