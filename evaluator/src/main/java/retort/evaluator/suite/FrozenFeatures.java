package retort.evaluator.suite;

import reactor.core.publisher.Mono;
import retort.trainer.images.ImageBlock;
import retort.evaluator.knn.FeatureBlock;

/** Turns images into feature rows: by a frozen model, or by taking the pixels themselves. */
@FunctionalInterface
public interface FrozenFeatures {
    /** The features of a block, one row an image. Reads the block's pixels only until the Mono completes. */
    Mono<FeatureBlock> of(ImageBlock block);
}
