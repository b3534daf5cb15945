package retort.evaluator.suite;

import reactor.core.publisher.Mono;

/** A suite that needs only features of images, so that it can also score the raw pixels as a yardstick. */
@FunctionalInterface
public interface FeatureSuite extends Suite {
    /** Scores features. The contract is that of {@link Suite#score}. */
    Mono<Score> score(FrozenFeatures features, ScoringContext context);

    @Override
    default Mono<Score> score(FrozenModel model, ScoringContext context) {
        return score((FrozenFeatures) model, context);
    }
}
