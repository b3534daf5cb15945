package retort.evaluator.suite;

import reactor.core.publisher.Mono;
import retort.trainer.images.ImageBlock;
import retort.evaluator.knn.FeatureBlock;

/** Computes feature rows from images. The features are those of a frozen model, or the pixels themselves. */
@FunctionalInterface
public interface FrozenFeatures {
    /** The features of a block, one row for each image. The block's pixels are read only until the Mono completes. */
    Mono<FeatureBlock> of(ImageBlock block);
}
