/**
 * The linear probe of MAE (arXiv 2111.06377, appendix A.1): batch norm without learned scale, and one linear layer on frozen features,
 * trained with LARS. The suite {@code linear} calls it. The head's arrays live on the engine's thread; features are held on the heap or
 * in a temporary file by {@link retort.evaluator.linear.FeatureStore}, which its user closes.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.linear;
