/**
 * Trained weights for others: an encoder as timm's Vision Transformer names it. Called by the export command on its own thread; files only, no engine.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.export;
