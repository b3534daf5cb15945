package retort.evaluator.suite;

import java.util.List;
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
 * on.
 */
public final class ClassificationSuite implements SuiteFactory {
    @Override
    public SuiteDescription description() {
        return new SuiteDescription("classification", Figure.higherIsBetter(Answers.TOP1, "top-1"), List.of(ScoringContext.VAL),
                true, Set.of());
    }

    @Override
    public Suite open(Section settings) {
        return new Classification();
    }

    private record Classification() implements Suite {
        @Override
        public boolean scores(CheckpointReady checkpoint) {
            return checkpoint.getArchitecture().getClasses() > 0;
        }

        @Override
        public Mono<Score> score(FrozenModel model, ScoringContext context) {
            return context.description(model.trainedOn()).flatMap(trained -> {
                final ClassMatch match = match(model, context, trained);
                final Answers answers = new Answers(trained.getClassNames(), model.classes());
                return context.blocks(ScoringContext.VAL)
                        .concatMap(block -> model.logits(block)
                                .doOnNext(logits -> answers.add(match.answers(block.labels(), block.sampleIds()), logits)), 0)
                        .then(Mono.fromCallable(() -> answers.score("classification loss")));
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
