/**
 * What the networks are: shapes, parameters by the names that MAE and timm use, how they begin, and the TorchScript program
 * {@code dmae.py} that computes with them. No state and no engine here but {@link retort.trainer.model.Script}; any thread.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.model;
