package retort.compose.study;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import retort.evaluator.feed.ComparableScores;
import retort.evaluator.feed.EvaluationFeed;
import retort.kafka.Broker;
import retort.record.CheckpointReady;
import retort.record.Evaluation;
import retort.trainer.TrainerService;

/**
 * The figures of a study that stand on the topics. Immutable; any thread.
 *
 * @param measured the measured figures by cell, seed and figure
 * @param missing a sentence for each figure that is not there and should be, in the order of the tables
 */
record Results(Study study, Map<Key, Measured> measured, List<String> missing) {
    /** The place of a figure. */
    record Key(List<String> choice, long seed, StudyFigure figure) {
    }

    /**
     * A measured figure.
     *
     * @param run name of the run on the topics
     * @param images number of images that were scored
     * @param weights SHA-256 of the file of weights that was scored
     */
    record Measured(String run, long step, double value, long images, String weights) {
    }

    Results {
        measured = Map.copyOf(measured);
        missing = List.copyOf(missing);
    }

    /**
     * Reads the topics, and compares the settings of the checkpoints with those of the study. Blocks.
     *
     * @param config the settings of the study, with the address of its broker
     */
    static Results read(Study study, Config config) {
        final Broker broker = Broker.from(config);
        return of(study, broker.table(broker.topics().checkpoints()).values(), new EvaluationFeed(broker).present(),
                TrainerService.differences(Study.over(config, study.runs().values())));
    }

    static Results of(Study study, Collection<CheckpointReady> checkpoints, Collection<Evaluation> evaluations) {
        return of(study, checkpoints, evaluations, Map.of());
    }

    /**
     * @param checkpoints the announced checkpoints
     * @param evaluations the published evaluations
     * @param differences a sentence for each run whose checkpoints are not those of the study's settings
     */
    static Results of(Study study, Collection<CheckpointReady> checkpoints, Collection<Evaluation> evaluations,
            Map<String, String> differences) {
        final Map<String, String> others = study.withThoseThatBuildOn(differences);
        final List<Evaluation> scores = evaluations.stream().filter(each -> study.runs().containsKey(each.getRun())).toList();
        final List<Evaluation> comparable = ComparableScores.of(scores);
        final Map<String, CheckpointReady> last = new HashMap<>();
        final Map<String, CheckpointReady> all = new HashMap<>();
        for (final CheckpointReady checkpoint : checkpoints) {
            all.put(place(checkpoint.getRun(), checkpoint.getStep()), checkpoint);
            if (checkpoint.getStep() == checkpoint.getSteps())
                last.put(checkpoint.getRun(), checkpoint);
        }
        final Map<Key, Measured> measured = new HashMap<>();
        final List<String> missing = new ArrayList<>();
        for (final Cell cell : study.cells())
            for (final long seed : study.settings().seeds())
                for (final StudyFigure figure : study.settings().figures())
                    cell.run(seed, figure.run()).ifPresent(run -> {
                        final CheckpointReady scored = figure.step().isEmpty()
                                ? last.get(run)
                                : all.get(place(run, figure.step().getAsLong()));
                        final @Nullable String other = others.get(run);
                        final String why = other != null
                                ? other
                                : scored == null
                                        ? "run " + run
                                                + (figure.step().isEmpty() ? " is not finished" : " has no such checkpoint")
                                        : take(measured, new Key(cell.choice(), seed, figure), scored, scores, comparable);
                        if (!why.isEmpty())
                            missing.add(cell + ", seed " + seed + ": " + figure + " is missing, because " + why);
                    });
        return new Results(study, measured, missing);
    }

    private static String place(String run, long step) {
        return run + "@" + step;
    }

    /** @return why there is no value; empty if there is one */
    private static String take(Map<Key, Measured> measured, Key key, CheckpointReady scored, List<Evaluation> all,
            List<Evaluation> comparable) {
        final Predicate<Evaluation> own = each -> each.getRun().equals(scored.getRun()) && each.getStep() == scored.getStep()
                && each.getSuite().equals(key.figure().suite()) && each.getCheckpointSha256().equals(scored.getSha256());
        final Optional<Evaluation> found = comparable.stream().filter(own).reduce((earlier, later) -> later);
        if (found.isEmpty())
            return "suite " + key.figure().suite() + " has not scored step " + scored.getStep() + " of run " + scored.getRun()
                    + (all.stream().anyMatch(own) ? " under the settings of its latest score" : "");
        final Evaluation evaluation = found.get();
        if (evaluation.getError() != null)
            return "suite " + key.figure().suite() + " could not score run " + scored.getRun() + ": " + evaluation.getError();
        final Double value = evaluation.getMetrics().get(key.figure().metric());
        if (value == null)
            return "suite " + key.figure().suite() + " gives run " + scored.getRun() + " no such figure: there are "
                    + evaluation.getMetrics().keySet().stream().sorted().toList();
        if (!Double.isFinite(value))
            return "suite " + key.figure().suite() + " gives run " + scored.getRun() + " the value " + value;
        measured.put(key, new Measured(scored.getRun(), scored.getStep(), value, evaluation.getImages(), scored.getSha256()));
        return "";
    }

    Optional<Measured> of(Cell cell, long seed, StudyFigure figure) {
        return Optional.ofNullable(measured.get(new Key(cell.choice(), seed, figure)));
    }

    /** The values of the seeds that have one, in the order of the seeds. */
    double[] values(Cell cell, StudyFigure figure) {
        return study.settings().seeds().stream().flatMap(seed -> of(cell, seed, figure).stream())
                .mapToDouble(Measured::value).toArray();
    }

    /** The differences of a cell to another one, by the seeds that both have. */
    double[] differences(Cell cell, Cell other, StudyFigure figure) {
        return study.settings().seeds().stream().flatMap(seed -> of(cell, seed, figure).stream()
                .flatMap(own -> of(other, seed, figure).stream().map(theirs -> own.value() - theirs.value())))
                .mapToDouble(Double::doubleValue).toArray();
    }

    /** The cell that {@code cell} is compared with. Empty if it is that cell, or if there is no such cell. */
    Optional<Cell> reference(Cell cell, Reference against) {
        return against.of(cell.choice()).flatMap(
                choice -> study.cells().stream().filter(other -> other.choice().equals(choice)).findFirst());
    }

    /** The step at which a figure was measured, if it is the same in all cells. */
    OptionalLong step(StudyFigure figure) {
        final long[] steps = measured.entrySet().stream().filter(each -> each.getKey().figure().equals(figure))
                .mapToLong(each -> each.getValue().step()).distinct().toArray();
        return steps.length == 1 ? OptionalLong.of(steps[0]) : OptionalLong.empty();
    }
}
