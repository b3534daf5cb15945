/**
 * Exports trained weights: an encoder under the names of timm's Vision Transformer. The export command calls it on its own thread. It
 * reads and writes files and does not use the engine.
 */
@org.jspecify.annotations.NullMarked
package retort.trainer.export;
