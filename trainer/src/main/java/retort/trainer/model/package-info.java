/**
 * The networks: their shapes, their parameters by the names that MAE and timm use, the initial values, and the TorchScript program
 * {@code dmae.py} that computes with them. Everything here is stateless and may be used on any thread, except
 * {@link retort.trainer.model.Script#compile}, which needs the engine's thread.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.model;
