package retort.evaluator.suite;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;
import retort.record.CheckpointReady;
import retort.record.Stream;
import retort.settings.Section;

/**
 * Scores the answers of a fine-tuned classifier to the labelled validation images. Only a checkpoint with a classifier is scored. Metrics
 * are {@code top1} and, with more than five classes, {@code top5} (shares, 0 to 1); {@code loss}, the mean cross-entropy without label
 * smoothing; and {@code ece}, the expected calibration error. The score also has the accuracy of each class and the ten most frequent
 * confusions. The classes of the validation stream are matched by name with the classes of the stream that the classifier was trained
 * on. With {@code real}, {@code top1.real} is the share of images whose answer is one of their ReaL labels, among the
 * {@code images.real} images that have one ({@link RealLabels}).
 */
public final class ClassificationSuite implements SuiteFactory {
    private static final String REAL = "real";

    @Override
    public SuiteDescription description() {
        return new SuiteDescription("classification", Figure.higherIsBetter(Answers.TOP1, "top-1"), List.of(ScoringContext.VAL),
                true, Set.of(REAL));
    }

    @Override
    public Suite open(Section settings) {
        return new Classification(settings.optionalString(REAL).map(file -> real(settings, file)));
    }

    private static RealLabels real(Section settings, String file) {
        try {
            return RealLabels.read(Path.of(file));
        } catch (IOException | InvalidPathException e) {
            throw settings.error(REAL, file, "must be a JSON list of lists of class numbers: " + e.getMessage());
        }
    }

    private record Classification(Optional<RealLabels> real) implements Suite {
        @Override
        public Map<String, String> facts() {
            return real.map(labels -> Map.of(REAL, labels.sha256())).orElse(Map.of());
        }

        @Override
        public boolean scores(CheckpointReady checkpoint) {
            return checkpoint.getArchitecture().getClasses() > 0;
        }

        @Override
        public Mono<Score> score(FrozenModel model, ScoringContext context) {
            return context.description(model.trainedOn()).flatMap(trained -> {
                final ClassMatch match = match(model, context, trained);
                final Answers answers = new Answers(trained.getClassNames(), model.classes());
                final Optional<RealLabels.Count> count = real.map(labels -> labels.counting(trained.getClassNames()));
                return context.blocks(ScoringContext.VAL)
                        .concatMap(block -> model.logits(block)
                                .doOnNext(logits -> {
                                    answers.add(match.answers(block.labels(), block.sampleIds()), logits);
                                    count.ifPresent(own -> own.add(block.sampleIds(), logits));
                                }), 0)
                        .then(Mono.fromCallable(() -> answers.score("classification loss")))
                        .map(score -> count.map(own -> score
                                .with(Map.of("top1.real", own.top1(), "images.real", (double) own.images()))).orElse(score));
            });
        }

        private static ClassMatch match(FrozenModel model, ScoringContext context, Stream trained) {
            final List<String> names = trained.getClassNames();
            if (names.size() > model.classes())
                throw new CheckpointRefusedException("stream " + trained.getName() + " names " + names.size()
                        + " classes, but the classifier trained on it has " + model.classes());
            final ClassMatch match = ClassMatch.of(context.stream(ScoringContext.VAL).stream(), names,
                    "stream " + trained.getName());
            context.say(match.summary());
            return match;
        }
    }
}
