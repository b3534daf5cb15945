package retort.compose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import retort.evaluator.feed.EvaluationFeed;
import retort.kafka.Broker;
import retort.record.Evaluation;
import retort.record.Stream;
import retort.trainer.checkpoint.Checkpoint;
import retort.trainer.checkpoint.TrainingState;
import retort.trainer.export.Preprocessing;

/**
 * The facts about a checkpoint that stand on the broker.
 *
 * @param images mean, deviation and class names of the stream that it was trained on
 * @param scores its evaluations, as rows of the table of a model card
 * @param notes sentences for people about facts that are not known
 */
record TrainedImages(Preprocessing images, List<String> scores, List<String> notes) {
    /** Nothing is known, because the weights are no checkpoint. */
    static final TrainedImages UNKNOWN = new TrainedImages(Preprocessing.UNKNOWN, List.of(), List.of());

    /** Nothing is known, because no broker was named. */
    static final TrainedImages ASK = new TrainedImages(Preprocessing.UNKNOWN, List.of(), List.of(
            "mean, deviation, class names and evaluations are on the broker: add --set kafka.bootstrap.servers=HOST:PORT or --data DIR"));

    /**
     * Asks the broker. Blocks.
     *
     * @throws retort.kafka.BrokerException if no broker answers in time, or the topics may not be read
     */
    static TrainedImages of(Broker broker, Checkpoint checkpoint) {
        final TrainingState state = checkpoint.state();
        final Optional<Stream> found = broker.streams().find(state.stream());
        final String trainedOn = state.identity().settings().getOrDefault("stream.settings-hash", "");
        final Optional<Stream> same = found.filter(stream -> stream.getSettingsHash().equals(trainedOn));
        final List<String> notes = new ArrayList<>();
        if (same.isEmpty())
            notes.add("the broker has " + (found.isEmpty() ? "no stream " : "another stream ") + state.stream()
                    + " than the checkpoint was trained on, so mean, deviation and class names are not known");
        final int classes = state.architecture().getClasses();
        final List<String> scores = new EvaluationFeed(broker).present().stream()
                .filter(each -> each.getRun().equals(state.run()) && each.getStep() == state.step() && each.getError() == null
                        && each.getCheckpointSha256().equals(checkpoint.weightsDigest().sha256()))
                .sorted(Comparator.comparing(Evaluation::getSuite)).flatMap(TrainedImages::rows).toList();
        return new TrainedImages(same.map(stream -> new Preprocessing(stream.getMean(), stream.getStd(),
                classes > 0 && classes == stream.getClassNames().size() ? stream.getClassNames() : List.of()))
                .orElse(Preprocessing.UNKNOWN), scores, notes);
    }

    private static java.util.stream.Stream<String> rows(Evaluation evaluation) {
        return new TreeMap<>(evaluation.getMetrics()).entrySet().stream()
                .map(metric -> String.format(Locale.ROOT, "| %s | %s | %.4f | %d | %s |", evaluation.getSuite(), metric.getKey(),
                        metric.getValue(), evaluation.getImages(), evaluation.getStream()));
    }
}
