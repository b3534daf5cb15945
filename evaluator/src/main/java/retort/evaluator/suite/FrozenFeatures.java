package retort.evaluator.suite;

import reactor.core.publisher.Mono;
import retort.evaluator.images.PixelBlock;
import retort.evaluator.knn.FeatureBlock;

/** What images are compared by: a model's features, or the pixels themselves. */
@FunctionalInterface
public interface FrozenFeatures {
    /** Features of a block. Reads its pixels before it completes, never after. */
    Mono<FeatureBlock> of(PixelBlock block);
}
