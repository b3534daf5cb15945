/**
 * The linear probe of MAE (arXiv 2111.06377, appendix A.1): batch norm without learned scale, and one linear layer on frozen features,
 * trained with LARS. The suite {@code linear} calls it. The head's arrays are used on the engine's thread only.
 * {@link retort.evaluator.linear.FeatureStore} holds features on the heap or in a temporary file, and its user closes it.
 */
@org.jspecify.annotations.NullMarked
package retort.evaluator.linear;
